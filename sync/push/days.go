package push

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"time"
)

// dated calls fn with the place of every date in a line: a JSON text that is a
// date (2026-11-21) or begins with one and goes on with T and a time. instant
// tells the latter. Escaped quotes begin no text.
func dated(line []byte, fn func(at int, day time.Time, instant bool)) {
	for i := 0; i+12 <= len(line); i++ {
		if line[i] != '"' || i > 0 && line[i-1] == '\\' {
			continue
		}
		text := line[i+1 : i+11]
		if text[4] != '-' || text[7] != '-' || text[0] < '1' || text[0] > '9' {
			continue
		}
		next := line[i+11]
		if next != '"' && (next != 'T' || !clockBehind(line[i+12:])) {
			continue
		}
		if day, err := time.Parse(time.DateOnly, string(text)); err == nil {
			fn(i+1, day, next == 'T')
		}
	}
}

// clockBehind tells whether a time of day follows and then the text's end:
// hh:mm, with seconds, fraction and offset or without.
func clockBehind(b []byte) bool {
	end := bytes.IndexByte(b, '"')
	if end < 5 || end > 30 {
		return false
	}
	text := string(b[:end])
	for _, layout := range []string{"15:04:05Z07:00", "15:04Z07:00", "15:04:05", "15:04"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// Move moves every date of a line by days and changes nothing else.
func Move(line []byte, days int) []byte {
	if days == 0 {
		return line
	}
	out := bytes.Clone(line)
	dated(line, func(at int, day time.Time, _ bool) {
		if moved := day.AddDate(0, 0, days); moved.Year() >= 1000 && moved.Year() <= 9999 {
			copy(out[at:], moved.Format(time.DateOnly))
		}
	})
	return out
}

// DaysTo tells by how many days a file is to be moved so that the newest of its
// times falls on the day that it is at now, by that time's own offset: a file of
// Seoul gets Seoul's today wherever it is pushed from. Plain dates (an expiry, a holiday) move along and are
// not looked at. False: the file has no times.
func DaysTo(r io.Reader, now time.Time) (int, bool, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var newest time.Time
	zone := now.Location()
	for {
		line, err := in.ReadBytes('\n')
		dated(line, func(at int, day time.Time, instant bool) {
			if !instant || !day.After(newest) {
				return
			}
			newest, zone = day, now.Location()
			text, _, _ := bytes.Cut(line[at:], []byte{'"'})
			if t, err := time.Parse(time.RFC3339, string(text)); err == nil {
				_, offset := t.Zone()
				zone = time.FixedZone("", offset)
			}
		})
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, false, err
		}
	}
	if newest.IsZero() {
		return 0, false, nil
	}
	y, m, d := now.In(zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(newest).Hours() / 24), true, nil
}
