/** A string of one character for each code; half of what the board writes are bytes in strings. */
export const chr = String.fromCharCode
