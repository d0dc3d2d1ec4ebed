// Package desk tests a pack desk with real wires: a whole edge whose scanner
// and scale are pseudo terminals that firmware-sim plays. What is scanned and
// weighed there must come out as if a person had done it on a PDA, also while
// cables are pulled, and the events that are pulled say so.
//
// Only tests live here; they may import everything.
package desk
