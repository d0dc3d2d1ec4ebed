package floor

import (
	"encoding/json"
	"net/http"

	"dcedge/firmware-sim/wire"
)

// Handler serves the floor's port for hands:
//
//	GET  /devices            names of everything that can be broken
//	POST /devices/NAME       its faults, as a script's step has them: {"away":true}; what is not named stays
//	POST /lights/NAME/press  the button of a light
func (f *Floor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /devices", func(w http.ResponseWriter, _ *http.Request) {
		names := []string{}
		for _, d := range f.breakable() {
			names = append(names, d.Name())
		}
		wire.Reply(w, names)
	})
	mux.HandleFunc("POST /devices/{name}", func(w http.ResponseWriter, r *http.Request) {
		d := f.Device(r.PathValue("name"))
		if d == nil {
			http.Error(w, "no such device; GET /devices lists them", http.StatusNotFound)
			return
		}
		var what json.RawMessage
		if !wire.Take(w, r, &what) {
			return
		}
		act, err := d.Prepare(what)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		act()
		wire.Reply(w, map[string]string{"device": d.Name()})
	})
	mux.HandleFunc("POST /lights/{name}/press", func(w http.ResponseWriter, r *http.Request) {
		l, ok := f.Device(r.PathValue("name")).(interface{ Press() bool })
		if !ok {
			http.Error(w, "no such light; GET /devices lists them", http.StatusNotFound)
			return
		}
		wire.Reply(w, map[string]bool{"pressed": l.Press()})
	})
	return mux
}
