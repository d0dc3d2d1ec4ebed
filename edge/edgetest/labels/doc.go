// Package labels has the printed label judged by programs that are not ours:
// what comes out of a printer of a working edge is drawn by an independent ZPL
// renderer, by the simulated printer and by our own picture back end, and the
// barcodes of all three pictures are read by zbarimg and by gozxing.
//
// It holds tests only. LABEL_PICTURES names a folder to keep the pictures in, to
// be looked at.
package labels
