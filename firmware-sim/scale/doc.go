// Package scale plays bench scales on a serial line or a TCP port.
//
// It is written from the makers' manuals (CAS CI-600D, CI-400, NT-200; A&D GC and
// FX-CT; Dini Argeo DGT4X; MT-SICS 11780711) alone: it imports the standard
// library and the packages wire and fault of firmware-sim, and never devices,
// labels or edge.
//
// Protocols (Config.Protocol):
//
//	cas    22 bytes: ST|US|OL , GS|NT , id lamp , 8 of number, blank, 2 of unit
//	cas10  10 bytes: 8 of number; no unit, no word about stability
//	cas18  18 bytes: ST,GS,+0012.34kg
//	aandd  A&D standard: ST,+0001.234 kg; overload OL,+9999999E+19
//	dini   01ST,GS,     0.0,kg
//	sics   MT-SICS: answers S SI SIR Z ZI T TI TAC @ I2 I3 I4, else ES
//
// All but sics stream by themselves; with Config.Ask they answer RW (CAS), Q
// (A&D) and R (Dini) instead.
//
// Invariants:
//   - the load is a whole number of milligrams, and what is told is rounded from
//     it once, never computed in binary fractions;
//   - a frame says stable only after the load has rested for Config.Settle;
//   - every frame that was meant to be right is in Told, so that a test knows what
//     could have been read.
package scale
