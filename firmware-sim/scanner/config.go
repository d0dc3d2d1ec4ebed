package scanner

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Config says which scanner to play. Zero values take the usual defaults.
type Config struct {
	Name     string
	Listen   string // a place of wire: host:port or pty:/name
	Control  string // host:port of the HTTP port; empty: none
	Protocol string // of the package; cr where empty
	AIM      bool   // sends the AIM identifier ("]C1") before the code; off on most scanners
	NoRead   string // sent where a trigger pull reads nothing; empty: nothing is sent
	Reader   uint64 // seed
	Clock    float64

	// AckWait is how long ssi and ack wait for an answer (2 s by default).
	AckWait time.Duration
	// Keep is how many sent codes are remembered (10,000 by default).
	Keep int
	Log  *slog.Logger
}

// Faults are what a script switches on. The zero value is a healthy scanner.
type Faults struct {
	Away    bool    `json:"away"`    // cable pulled
	Silent  bool    `json:"silent"`  // reads nothing: a trigger pull sends nothing
	NoRead  float64 `json:"noRead"`  // rate of pulls that read nothing
	Double  float64 `json:"double"`  // rate of codes that come twice
	Noise   float64 `json:"noise"`   // rate of codes with rubbish on the line before them
	Half    float64 `json:"half"`    // rate of codes of which only the first half comes
	Bit7    bool    `json:"bit7"`    // a line set to 7 bits: the eighth is lost
	Corrupt float64 `json:"corrupt"` // ssi: rate of packets with a wrong checksum (the repeat is right)
	Deaf    bool    `json:"deaf"`    // ssi, ack: does not hear answers, so it sends again
}

// ErrConfig is returned by New for values that cannot be used.
var ErrConfig = errors.New("scanner: bad configuration")

const (
	ackWait  = 2 * time.Second // decoder time-out of the manual
	keepSent = 10_000
)

func protocols() []string { return []string{"cr", "lf", "crlf", "tab", "stx", "ack", "none", "ssi"} }

func (c Config) withDefaults() Config {
	if c.Protocol == "" {
		c.Protocol = "cr"
	}
	if c.Clock == 0 {
		c.Clock = 1
	}
	if c.AckWait == 0 {
		c.AckWait = ackWait
	}
	if c.Keep == 0 {
		c.Keep = keepSent
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) validate() error {
	var faults []error
	if c.Name == "" {
		faults = append(faults, errors.New("name is empty"))
	}
	if !slices.Contains(protocols(), c.Protocol) {
		faults = append(faults, fmt.Errorf("protocol %q: one of %v", c.Protocol, protocols()))
	}
	if c.Clock <= 0 || c.AckWait <= 0 || c.Keep < 1 {
		faults = append(faults, errors.New("clock, ack wait and keep must be above 0"))
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrConfig, errors.Join(faults...))
	}
	return nil
}
