// Package porttest gives tests a port that stays theirs between being chosen and
// being listened on: in a configuration, or for a process of its own. A port that
// the system chooses (":0") is of the range from which it also takes those of
// outgoing connections, and with other tests at work one in some hundred was taken.
//
// It is for tests only and imports nothing of the project.
package porttest
