package supervise

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Health is how one part is.
type Health struct {
	Part  string    `json:"part"`
	OK    bool      `json:"ok"`
	Error string    `json:"error,omitempty"`
	Since time.Time `json:"since"`
}

// Board knows how every supervised part is. The zero value and nil are usable.
type Board struct {
	mu    sync.Mutex
	parts map[string]Health
}

// Set notes a part's health; Since moves only when OK does.
func (b *Board) Set(part string, ok bool, fault string) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.parts == nil {
		b.parts = map[string]Health{}
	}
	h, had := b.parts[part]
	if !had || h.OK != ok {
		h.Since = time.Now()
	}
	h.Part, h.OK, h.Error = part, ok, fault
	b.parts[part] = h
}

// All lists the parts by name.
func (b *Board) All() []Health {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Health, 0, len(b.parts))
	for _, h := range b.parts {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, c Health) int { return strings.Compare(a.Part, c.Part) })
	return out
}
