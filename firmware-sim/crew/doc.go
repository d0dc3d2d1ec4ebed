// Package crew plays the people of a warehouse: pickers, packers, loaders, people
// at the returns desks and in the hospital, guests with a badge of the day, and
// whoever leads them. They work through the floor contract and nothing else: they
// log in with a badge, check tones and labels where a shift begins, read the screen,
// scan what it expects, take the labels out of the printers, make mistakes, lose the
// network, rest, hand over and go home, all at rates given by a seed.
//
// It is written from the contract alone and imports the standard library and
// gorilla/websocket; never devices, labels or edge. Labels are read through the
// Paper interface, so a crew runs beside the simulated printers or away from
// them.
//
// Invariants:
//   - a message whose verdict was not seen is sent again with the same id until
//     there is one: the crew never guesses how a message was decided;
//   - an act carries the rev of the screen it was pressed on, and a screen older
//     than the one shown is dropped;
//   - everything sent and every verdict seen stands in the ledger before the
//     next message leaves, so that the ledger is an oracle from outside;
//   - a waybill is scanned off a label that came out of a printer, where the
//     crew has printers to look at;
//   - what a worker answers about a print in doubt is what lies in the tray;
//   - what is in a returned parcel is decided when it is opened, whatever the screen
//     says of it; a box in the hospital is one that truly lies there, where the crew
//     has a belt to look at;
//   - nobody takes another's ids, revs or messages over with the place.
package crew
