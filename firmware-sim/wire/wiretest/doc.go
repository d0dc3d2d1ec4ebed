// Package wiretest starts a real MQTT broker (Debian's mosquitto) for tests and
// watches what passes on it. It is imported by tests only.
//
// Invariant: the broker ends with its test, on a port of its own.
package wiretest
