package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

const whole = `{"epoch":"01JSECOND","scans":["01911111-2222-7333-8444-555566667777"],
 "orders":[{"id":"536365","client":"default","carrier":"cj","stage":"packed"}],
 "boxes":[{"id":"B-7","order":"536365","client":"default","carrier":"cj","waybill":"650000000002","n":1,"stage":"bound"}],
 "waybills":[{"number":"650000000013","carrier":"cj","box":"B-8","order":"536366","client":"default"}],
 "ranges":[{"id":"cj-b","carrier":"cj","client":"default","firstSerial":"65000000000","count":1000,"epoch":"01JEPOCH"}],
 "done":true}`

type told struct {
	code edge.Code
	err  error
	got  *edge.Message
}

func (e *told) Submit(_ context.Context, m *edge.Message) (edge.Verdict, error) {
	e.got = m
	return edge.Verdict{Code: e.code}, e.err
}

func post(t *testing.T, e *told, body string) *httptest.ResponseRecorder {
	full := func(err error) bool { return errors.Is(err, os.ErrExist) }
	h, err := New(Config{Engine: e, Full: full, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/sync/v1/reconcile", strings.NewReader(body)))
	return w
}

func TestAPartIsOneMessage(t *testing.T) {
	e := &told{code: edge.Accepted}
	w := post(t, e, whole)
	assert.Equal(t, 200, w.Code, w.Body)
	assert.JSONEq(t, `{"epoch":"01JSECOND","taken":true,"open":true}`, w.Body.String())
	require.Equal(t, edge.Record, e.got.Kind)
	id, err := edge.ParseID("01911111-2222-7333-8444-555566667777")
	require.NoError(t, err)
	assert.Equal(t, &edge.Reconcile{Epoch: "01JSECOND", Scans: []edge.ID{id}, Done: true,
		Orders:   []edge.ReconciledOrder{{ID: "536365", Client: "default", Carrier: "cj", Stage: edge.StagePacked}},
		Boxes:    []edge.ReconciledBox{{ID: "B-7", Order: "536365", Client: "default", Carrier: "cj", Waybill: "650000000002", N: 1, Stage: "bound"}},
		Waybills: []edge.ReconciledWaybill{{Number: "650000000013", Carrier: "cj", Box: "B-8", Order: "536366", Client: "default"}},
		Leases:   []edge.WaybillRange{{ID: "cj-b", Carrier: "cj", Client: "default", FirstSerial: 65000000000, Count: 1000, Epoch: "01JEPOCH"}},
	}, e.got.Body)
	w = post(t, &told{code: edge.Unchanged}, `{"epoch":"01JSECOND"}`)
	assert.JSONEq(t, `{"epoch":"01JSECOND","taken":false,"open":true}`, w.Body.String())
}

func TestWhatIsNotTaken(t *testing.T) {
	for body, detail := range map[string]string{
		``:                            "members and types",
		`{}`:                          "epoch is missing",
		`{"epoch":"E"} {}`:            "behind the object",
		`{"epoch":"E","waybil":1}`:    "members and types",
		`{"epoch":"E","scans":["x"]}`: "scans[0]",
		`{"epoch":"E","scans":["00000000-0000-0000-0000-000000000000"]}`:                              "scans[0]",
		`{"epoch":"E","orders":[{"id":"1","stage":"x"}]}`:                                             "orders[0].stage",
		`{"epoch":"E","orders":[{"stage":"packed"}]}`:                                                 "orders[0].id",
		`{"epoch":"E","boxes":[{"id":"B","order":"1","stage":"bound"}]}`:                              "boxes[0].waybill",
		`{"epoch":"E","boxes":[{"id":"B","order":"1","stage":"closed","waybill":"6"}]}`:               "boxes[0].carrier",
		`{"epoch":"E","boxes":[{"id":"B","order":"1","stage":"closed","n":-1}]}`:                      "boxes[0].n",
		`{"epoch":"E","waybills":[{"number":"6"}]}`:                                                   "waybills[0].carrier",
		`{"epoch":"E","waybills":[{"number":"6\u0007","carrier":"cj"}]}`:                              "waybills[0].number",
		`{"epoch":"E","ranges":[{"id":"r","carrier":"cj","epoch":"E","firstSerial":"1"}]}`:            "ranges[0].count",
		`{"epoch":"E","ranges":[{"id":"r","carrier":"cj","epoch":"E","firstSerial":"-1","count":1}]}`: "members and types",
		`{"epoch":"` + strings.Repeat("x", 129) + `"}`:                                                "epoch",
	} {
		e := &told{code: edge.Accepted}
		w := post(t, e, body)
		assert.Equal(t, 400, w.Code, body)
		assert.Contains(t, w.Body.String(), detail, body)
		assert.Nil(t, e.got, body)
	}
	assert.Equal(t, 413, post(t, &told{}, strings.Repeat(" ", MaxBody+1)).Code)
	w := post(t, &told{code: edge.WrongEpoch}, `{"epoch":"OLD"}`)
	assert.Equal(t, 409, w.Code)
	assert.Contains(t, w.Body.String(), `"epoch"`)
	assert.Contains(t, post(t, &told{err: os.ErrExist}, `{"epoch":"E"}`).Body.String(), "storeFull")
	assert.Equal(t, 503, post(t, &told{err: os.ErrClosed}, `{"epoch":"E"}`).Code)
	assert.Equal(t, 503, post(t, &told{code: edge.Internal}, `{"epoch":"E"}`).Code)
}

// The OpenAPI document, which is written by hand, names exactly what is read.
func TestTheDocumentDescribesTheBody(t *testing.T) {
	text, err := os.ReadFile("../feed/openapi.json")
	require.NoError(t, err)
	var doc struct {
		Components struct{ Schemas map[string]node }
	}
	require.NoError(t, json.Unmarshal(text, &doc))
	describes(t, doc.Components.Schemas["Reconcile"], reflect.TypeFor[Body]())
}

type node struct {
	Properties map[string]node
	Items      *node
}

func describes(t *testing.T, n node, typ reflect.Type) {
	var names []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
		if f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct {
			require.NotNil(t, n.Properties[name].Items, name)
			describes(t, *n.Properties[name].Items, f.Type.Elem())
		}
	}
	for name := range n.Properties {
		assert.Contains(t, names, name, typ.Name())
	}
	assert.Len(t, n.Properties, len(names), typ.Name())
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(`{"epoch":"E","scans":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parse(text)
		if err != nil {
			require.ErrorIs(t, err, errBody)
			return
		}
		require.NotEmpty(t, r.Epoch)
		for _, w := range r.Waybills {
			require.False(t, w.Number == "" || w.Carrier == "" || len(w.Number) > maxID)
		}
		for _, b := range r.Boxes {
			require.True(t, b.Waybill == "" || b.Carrier != "")
			require.True(t, slices.Contains([]string{edge.ToldClosed, edge.ToldBound, edge.ToldLoaded}, b.Stage))
		}
	})
}
