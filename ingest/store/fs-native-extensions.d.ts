declare module 'fs-native-extensions' {
  /** An exclusive lock of the whole file, held by this descriptor; false when another one holds it. */
  export function tryLock(descriptor: number): boolean
}
