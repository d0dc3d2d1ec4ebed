package mqtt

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// store keeps a device's packets as bytes. paho's own (1.5.1) do not do for tests: its
// memory store shares packets with the writer (a data race, client.resume), and its
// file store panics where an acknowledgement comes when the test's folder is gone.
type store struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func newStore() *store { return &store{kept: map[string][]byte{}} }

func (s *store) Open()  {}
func (s *store) Close() {}

func (s *store) Put(key string, p packets.ControlPacket) {
	var b bytes.Buffer
	if p.Write(&b) != nil {
		return // a bytes.Buffer takes everything
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key] = b.Bytes()
}

func (s *store) Get(key string) packets.ControlPacket {
	s.mu.Lock()
	b, there := s.kept[key]
	s.mu.Unlock()
	if !there {
		return nil
	}
	p, err := packets.ReadPacket(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return p
}

func (s *store) All() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.kept))
}

func (s *store) Del(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, key)
}

func (s *store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.kept)
}
