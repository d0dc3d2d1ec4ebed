package access

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"dcedge/edge"
)

const kindDevice = "device"

// Device is an enrolled device; of its key only SHA-256 is kept.
type Device struct {
	Name string    `json:"name"`
	Hash string    `json:"hash"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Enrol gives a device a new key, which is told once and kept nowhere; a
// former key of that name ends with it. Error: ErrName.
func (a *Access) Enrol(ctx context.Context, by, name string) (key string, err error) {
	if !goodName(name) {
		return "", ErrName
	}
	key = randomText()
	sum := sha256.Sum256([]byte(key))
	d := &Device{Name: name, Hash: hex.EncodeToString(sum[:]), By: by, At: a.deps.Now()}
	e := a.entry(Entry{What: "device.enrol", Who: by, Of: name})
	if _, err := a.end(ctx, onDevice(name, a.cfg.Enrolled), Revoked, record(kindDevice, name, d), e.private()); err != nil {
		return "", err
	}
	a.mu.Lock()
	a.devices[name] = d
	a.mu.Unlock()
	a.keep(nil, e)
	return key, nil
}

// Unenrol takes a device's key away and ends the sessions on it. ErrUnknown:
// it was not enrolled.
func (a *Access) Unenrol(ctx context.Context, by, name, reason string) error {
	a.mu.Lock()
	d := a.devices[name]
	a.mu.Unlock()
	if d == nil {
		return ErrUnknown
	}
	e := a.entry(Entry{What: "device.revoke", Who: by, Of: name, Reason: reason})
	if _, err := a.end(ctx, onDevice(name, true), Revoked, edge.Private{Kind: kindDevice, Key: name}, e.private()); err != nil {
		return fmt.Errorf("access: revoke device: %w", err)
	}
	a.mu.Lock()
	if a.devices[name] == d {
		delete(a.devices, name)
	}
	a.mu.Unlock()
	a.keep(nil, e)
	return nil
}

func onDevice(name string, bound bool) func(*Session) bool {
	return func(s *Session) bool { return bound && s.Device == name }
}

// Devices lists the enrolled devices by name, without their hashes.
func (a *Access) Devices() []Device {
	a.mu.Lock()
	out := make([]Device, 0, len(a.devices))
	for _, d := range a.devices {
		out = append(out, Device{Name: d.Name, By: d.By, At: d.At})
	}
	a.mu.Unlock()
	slices.SortFunc(out, func(x, y Device) int { return cmpText(x.Name, y.Name) })
	return out
}

func (a *Access) enrolled(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.devices[name] != nil
}

func (a *Access) deviceFits(name, key string) bool {
	sum := sha256.Sum256([]byte(key))
	a.mu.Lock()
	d := a.devices[name]
	a.mu.Unlock()
	return d != nil && subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(d.Hash)) == 1
}

func goodName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func cmpText(a, b string) int { return cmp.Compare(a, b) }
