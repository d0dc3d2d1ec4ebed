// Package waybill knows the parcel numbers of carriers: their shape, their check
// digit, and how sure anyone can be of either.
//
// Rules are data (rules.txt, one line each; a site adds lines of its own with
// Parse). The carrier always comes from the job: the space of twelve digits is
// shared by six carriers here, so a number never tells whose it is.
//
// Invariants:
//   - a rule of doubtful confidence warns and never blocks;
//   - Normalize only takes away (hyphens, blanks, Codabar letters), it never adds;
//   - Number works on serials without the check digit, so that a range of serials
//     is an interval of integers, and two serials never give one number;
//   - a check modulo 7 cannot see a digit changed by 7 (0/7, 1/8, 2/9): passing it
//     is no proof.
//
// It imports the standard library only and is pure: no clock, no I/O.
package waybill
