package floor_test

import (
	"encoding/json"

	"dcedge/edge/floor"
)

// rebuilt holds that a state loaded from its rows is the state: same hash, and
// the same screens, which rest on the indexes.
func rebuilt(t tb, x *site) {
	t.Helper()
	s := floor.NewState()
	x.live.Each(func(table, key string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("marshal: %v", err)
		}
		if err := s.Load(table, key, b); err != nil {
			t.Fatalf("load: %v", err)
		}
	})
	if x.hash(s) != x.hash(x.live) {
		t.Fatalf("a loaded state differs")
	}
	was := x.live
	for w := range x.roles {
		one := x.screen(w)
		x.live = s
		two := x.screen(w)
		x.live = was
		a, _ := json.Marshal(one.Work)
		b, _ := json.Marshal(two.Work)
		if floor.Key(one) != floor.Key(two) || string(a) != string(b) {
			t.Fatalf("screen of %s differs after loading: %s, %s", w, a, b)
		}
	}
}
