/**
 * A cellular modem on a UART, as the SIM800 family speaks (SIM800 Series AT Command Manual 1.09, TCP/IP
 * application note 1.02), single connection, TCP data taken out by hand.
 *
 * Every command is `AT…\r`; an answer is `\r\ntext\r\n`. Echo is on until `ATE0`. A command sent while another
 * is being worked on is ignored. Lines may come unasked between any two answers:
 * `RDY`, `+CFUN: 1`, `+CPIN: READY`, `Call Ready`, `SMS Ready` after power-up, `+CIPRXGET: 1` when data waits,
 * `CLOSED` when the other end closed, `+PDP: DEACT` when the bearer is lost.
 *
 * | command                       | answer                                                                        |
 * |-------------------------------|-------------------------------------------------------------------------------|
 * | AT, ATE0, ATE1                | OK                                                                            |
 * | AT+CPIN?                      | +CPIN: READY, OK · without a card: +CME ERROR: 10 (CMEE=1), ERROR otherwise   |
 * | AT+CMEE=1                     | OK                                                                            |
 * | AT+CREG?, AT+CGREG?, AT+CEREG? | +CREG: 0,1 and OK: 1 home, 5 roaming, 2 searching, 3 denied                  |
 * | AT+CSQ                        | +CSQ: 18,0 and OK: dBm = 2n − 113, 99 is unknown                              |
 * | AT+CGATT?, AT+CGATT=1 or 0    | +CGATT: 1, OK · OK after 1 s, ERROR when not registered                       |
 * | AT+CIPRXGET=1                 | OK; only before CIPSTART. Data then waits in the modem                        |
 * | AT+CSTT="apn"[,"user","pw"]   | OK, ERROR when the bearer is already up                                       |
 * | AT+CIICR                      | OK after 2 s, ERROR when not attached                                         |
 * | AT+CIFSR                      | the address alone, no OK; ERROR without a bearer                              |
 * | AT+CIPSTART="TCP","host",port | OK, later CONNECT OK, CONNECT FAIL (with STATE: TCP CLOSED before it) or ALREADY CONNECT; ERROR without a bearer |
 * | AT+CIPSEND=n                  | `\r\n> ` (no line end), then takes n raw bytes (n ≤ 1460), then SEND OK or SEND FAIL; ERROR when not connected |
 * | AT+CIPRXGET=2,n               | +CIPRXGET: 2,got,left, line end, got raw bytes, line end, OK (n ≤ 1460; got may be 0) |
 * | AT+CIPRXGET=4                 | +CIPRXGET: 4,waiting and OK                                                   |
 * | AT+CIPSTATUS                  | OK, then STATE: CONNECT OK, TCP CLOSED, IP INITIAL …                          |
 * | AT+CIPCLOSE, AT+CIPCLOSE=1    | CLOSE OK, ERROR when not connected                                            |
 * | AT+CIPSHUT                    | SHUT OK, always: closes the connection and drops the bearer                   |
 * | AT+CLTS=1                     | OK: the clock follows the network from the next registration on               |
 * | AT+CCLK?                      | +CCLK: "26/08/20,15:04:05+28" and OK: local time, zone in quarter hours. Before the network told it: "04/01/01,00:00:12+00" |
 * | AT+CPOWD=1                    | NORMAL POWER DOWN, then off                                                   |
 * | anything else                 | ERROR                                                                         |
 *
 * Power: the supply pin high feeds it. With a key pin, the key held low for 1 s starts it (or, while it runs,
 * shuts it down); without one it starts by itself. It answers 3 s after the start and is registered 5 s
 * later. Bytes sent before that are lost.
 */
export {}
