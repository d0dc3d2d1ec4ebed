package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// ErrScript is returned for a script that cannot be played.
var ErrScript = errors.New("fault: bad script")

// Step is one [[fault]]: at a time after the start, something happens at a device.
type Step struct {
	N      int           // 1, 2 … in the file
	After  time.Duration // divided by the speed
	For    time.Duration // 0: for good
	Device string
	What   json.RawMessage // an object for the device
}

// names are the keys that may name the device of a step.
func names() []string {
	return []string{"device", "printer", "scanner", "tunnel", "scale", "conveyor", "light", "stacklight", "pins"}
}

// Read reads a script (TOML); every fault of it is told at once.
func Read(text []byte) ([]Step, error) {
	var script struct {
		Fault []map[string]any `toml:"fault"`
	}
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&script); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrScript, err)
	}
	steps, faults := make([]Step, 0, len(script.Fault)), []error(nil)
	for i, entry := range script.Fault {
		s, err := step(entry)
		s.N = i + 1
		if err != nil {
			faults = append(faults, fmt.Errorf("fault %d: %w", s.N, err))
		}
		steps = append(steps, s)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrScript, errors.Join(faults...))
	}
	return steps, nil
}

func step(entry map[string]any) (Step, error) {
	var s Step
	var faults []error
	for _, key := range names() {
		v, ok := entry[key]
		if !ok {
			continue
		}
		name, isText := v.(string)
		if !isText || name == "" || s.Device != "" {
			faults = append(faults, fmt.Errorf("%s = %v: the name of one device", key, v))
		}
		s.Device = name
		delete(entry, key)
	}
	if s.Device == "" && len(faults) == 0 {
		faults = append(faults, errors.New(`device is missing (device = "scale-1")`))
	}
	var err error
	if s.After, err = span(entry, "after", true); err != nil {
		faults = append(faults, err)
	}
	if s.For, err = span(entry, "for", false); err != nil {
		faults = append(faults, err)
	}
	if len(entry) == 0 {
		faults = append(faults, errors.New("nothing happens"))
	}
	if s.What, err = json.Marshal(entry); err != nil {
		faults = append(faults, err)
	}
	return s, errors.Join(faults...)
}

// span takes a duration out of an entry.
func span(entry map[string]any, key string, needed bool) (time.Duration, error) {
	v, ok := entry[key]
	delete(entry, key)
	if !ok && !needed {
		return 0, nil
	}
	text, _ := v.(string)
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d == 0 && !needed {
		return 0, fmt.Errorf("%s = %v is no duration such as \"30s\"", key, v)
	}
	return d, nil
}

// Device is what a script can break.
type Device interface {
	Name() string
	// Prepare reads what should happen, strictly, and gives what makes it happen;
	// that gives what takes it back (nil where nothing can).
	Prepare(what json.RawMessage) (act func() (undo func()), err error)
}

// Prepare is Device.Prepare for a device whose faults are one struct with a JSON
// name on every field and no omitempty. get and set read and replace it.
func Prepare[T any](what json.RawMessage, get func() T, set func(T)) (func() func(), error) {
	var zero T
	known, err := fields(zero)
	if err != nil {
		return nil, err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(what, &keys); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrScript, err)
	}
	var faults []error
	for key := range keys {
		if _, ok := known[key]; !ok {
			faults = append(faults, fmt.Errorf("%q is not known (%v)", key, sorted(known)))
		}
	}
	if err := json.Unmarshal(what, &zero); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrScript, errors.Join(faults...))
	}
	return func() func() {
		was := get()
		next, err := over(was, keys)
		if err != nil {
			return nil // it was read above
		}
		set(next)
		return func() {
			old, err := fields(was)
			if err != nil {
				return
			}
			back := map[string]json.RawMessage{}
			for key := range keys {
				back[key] = old[key]
			}
			if next, err := over(get(), back); err == nil {
				set(next)
			}
		}
	}, nil
}

// fields gives a struct as its JSON fields.
func fields(v any) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var m map[string]json.RawMessage
	err = json.Unmarshal(text, &m)
	return m, err
}

// over writes some fields over a struct; its pointers are not shared with it.
func over[T any](base T, keys map[string]json.RawMessage) (T, error) {
	all, err := fields(base)
	if err != nil {
		return base, err
	}
	for k, v := range keys {
		all[k] = v
	}
	text, err := json.Marshal(all)
	if err != nil {
		return base, err
	}
	var next T
	err = json.Unmarshal(text, &next)
	return next, err
}

func sorted(m map[string]json.RawMessage) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
