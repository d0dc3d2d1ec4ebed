// Package lights plays put-to-light and pick-to-light lamps with their button, and
// stack lights, each as a device at an MQTT broker.
//
// It is written from the device contract alone: it imports the standard library
// and the packages wire and fault of firmware-sim, and never devices, labels or
// edge.
//
// Invariants: a lamp shows what its last command said, and forgets it when its
// network was cut (as a lamp that was switched off does); a press is published
// until the broker has it, under one id; a command that cannot be read changes
// nothing and is counted.
package lights
