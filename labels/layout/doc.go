// Package layout draws labels from templates. Templates are data (configs/labels,
// TOML, millimetres); the same template gives ZPL for the printer and a picture for
// the screen, through one list of drawing steps, so both say the same.
//
// Invariants:
//   - a label is drawn whole or not at all: text that does not fit, a character that
//     no font has, a barcode that cannot hold its data with its quiet zone is an
//     [*FieldError] naming the field, never a label with a hole;
//   - millimetres become dots once, when the label is drawn;
//   - data fills fields and chooses between them, it never becomes a command;
//   - the attempt is in the bytes of every label, so no two attempts are alike.
//
// It imports labels/zpl, labels/raster, labels/gs1, boombuler/barcode and go-toml.
package layout
