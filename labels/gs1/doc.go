// Package gs1 reads and writes GS1 data: element strings as scanners send them,
// bracketed text, Digital Link URIs, human-readable lines. It knows the whole table
// of application identifiers (AIs), their content checks and which of them must and
// must not stand together.
//
// Forms of one message:
//
//	element string  0109521234543213 10ABC<GS>21X    as scanned, identifier taken off
//	message         ^010952123454321310ABC^21X       ^ stands for FNC1
//	bracketed       (01)09521234543213(10)ABC(21)X   a literal ( is written \(
//	Digital Link    https://id.gs1.org/01/09521234543213/10/ABC/21/X
//
// Invariants:
//   - every error is an [*Error] with a stable code, the AI, and the place in the
//     input;
//   - data whose separators were lost is never split by guess: [Ambiguous] says so;
//   - [Parse] allocates for its elements only; values are parts of the input;
//   - the table is data and can be replaced without a build ([ParseTable],
//     [FromDictionary]).
//
// Bounds: 64 elements a message, 90 characters a value, 8 KiB of input.
//
// It imports the standard library only and is pure; the clock matters only where
// the caller gives a year.
package gs1
