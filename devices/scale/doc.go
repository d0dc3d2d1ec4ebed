// Package scale is the driver for bench scales on a stream of bytes: pure
// parsers of their frames, a Judge that says which weight counts, and a Driver.
// In-line weighers on MQTT live in devices/mqtt.
//
// It may import devices and the standard library.
//
// Protocols (Config.Protocol), each frame ending in CR LF:
//
//	cas    CAS, 22 bytes: ST,GS,<id><lamp>,000013.5 kg
//	cas10  CAS, 10 bytes: 8 of data, neither stability nor unit
//	cas18  A&D on CAS indicators, exactly 18 bytes: ST,GS,+0012.34kg
//	aandd  A&D standard and CSV: ST,+0001.234 kg
//	sics   Mettler-Toledo MT-SICS, polled: S S     100.00 g
//	dini   Dini Argeo: [aa]ST,GS,     0.0,kg
//	loose  ST,GS, 12.345 kg of other makers; its widths vary, so that a lost
//	       digit is not noticed: for scales that know nothing else
//
// Invariants:
//   - A weight is used only when the scale calls it stable (cas10: when enough
//     readings agree), its unit is known, it is positive and not an overload, and
//     the scale was empty since the last parcel. Anything else asks the person.
//   - Numbers stay decimal text; grams are computed exactly, never by a float.
//   - A frame of another length or layout than its protocol's is left out and
//     counted; the next CR LF brings the driver back into step. A frame whose
//     eighth bits were lost on the way is refused with what to do.
//   - One load is handed over once, and again only when its weight has changed.
package scale
