// Package canary proves that personal data stays where it belongs (I13): names,
// numbers and addresses that exist nowhere else are pushed, worked through a
// whole order, a cancel, a restart and every read; then every byte that the edge
// has written or said is searched for them, in every form that text takes.
//
// It holds tests only. The same search must find them in what was pushed and on
// the label: a search that cannot find proves nothing.
package canary
