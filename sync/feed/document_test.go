package feed_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/sync/batch"
	"dcedge/sync/feed"
)

type node = map[string]any

// check holds a JSON value against the part of JSON Schema that these documents
// use. It is the test's own, so that a mistake of the makers shows.
func check(root, schema node, v any, path string) error {
	if ref, ok := schema["$ref"].(string); ok {
		at := any(root)
		for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(node)[part]
		}
		return check(root, at.(node), v, path)
	}
	if want, ok := schema["type"]; ok && !isType(want, v) {
		return fmt.Errorf("%s is %T, not %v", path, v, want)
	}
	if c, ok := schema["const"]; ok && !reflect.DeepEqual(c, v) {
		return fmt.Errorf("%s is %v, not %v", path, v, c)
	}
	if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v.(string)) {
		return fmt.Errorf("%s does not match %s", path, p)
	}
	if e, ok := schema["enum"].([]any); ok && !slices.Contains(e, v) {
		return fmt.Errorf("%s: %v is none of %v", path, v, e)
	}
	if m, ok := schema["minimum"].(float64); ok && v.(float64) < m {
		return fmt.Errorf("%s is less than %v", path, m)
	}
	if items, ok := v.([]any); ok && schema["items"] != nil {
		for i, it := range items {
			if err := check(root, schema["items"].(node), it, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	}
	obj, ok := v.(node)
	if !ok {
		return nil
	}
	return checkObject(root, schema, obj, path)
}

func checkObject(root, schema, obj node, path string) error {
	required, _ := schema["required"].([]any)
	for _, r := range required {
		if _, ok := obj[r.(string)]; !ok {
			return fmt.Errorf("%s has no %s", path, r)
		}
	}
	props, _ := schema["properties"].(node)
	for name, v := range obj {
		p, ok := props[name].(node)
		if !ok && props != nil {
			return fmt.Errorf("%s.%s is not described", path, name) // stricter than the schema: this edge describes all it sends
		}
		if ok {
			if err := check(root, p, v, path+"."+name); err != nil {
				return err
			}
		}
	}
	all, _ := schema["allOf"].([]any)
	for _, c := range all {
		cond, then := c.(node)["if"].(node), c.(node)["then"].(node)
		if loose(cond, obj) {
			for name, p := range then["properties"].(node) {
				if err := check(root, p.(node), obj[name], path+"."+name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func loose(cond, obj node) bool {
	for name, p := range cond["properties"].(node) {
		if !reflect.DeepEqual(p.(node)["const"], obj[name]) {
			return false
		}
	}
	return true
}

func isType(want, v any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(w any) bool { return isType(w, v) })
	}
	switch x := v.(type) {
	case nil:
		return want == "null"
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && x == math.Trunc(x)
	case []any:
		return want == "array"
	}
	return want == "object"
}

func decodeAny(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(text, &v), string(text))
	return v
}

// fill sets every field of a struct to something that is not empty.
func fill(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(7)
	case v.CanUint():
		v.SetUint(7)
	}
}

func TestSchemaHoldsForEveryType(t *testing.T) {
	text, err := feed.Schema()
	require.NoError(t, err)
	schema := decodeAny(t, text).(node)
	src, err := os.ReadFile(filepath.Join("..", "..", "edge", "eventtypes.go"))
	require.NoError(t, err)
	known := regexp.MustCompile(`Type = "([^"]+)"`).FindAllSubmatch(src, -1)
	var types []string
	for _, k := range known {
		types = append(types, string(k[1]))
	}
	var listed []string
	for _, typ := range feed.Types() {
		listed = append(listed, string(typ))
		data := edge.NewData(typ)
		fill(reflect.ValueOf(data).Elem())
		for _, d := range []edge.Data{data, edge.NewData(typ)} {
			e := edge.Event{Seq: 1, At: time.Now(), Type: typ, Scan: edge.NewID(time.Now(), [10]byte{1}), Device: "pda-1", Worker: "w-1", Client: "default", Order: "o", DeviceAt: time.Now(), Practice: true, Manual: true, Data: d}
			line := e.AppendLine(nil)
			assert.NoError(t, check(schema, schema, decodeAny(t, line), "event"), string(line))
		}
	}
	assert.ElementsMatch(t, types, listed, "feed.Types lists every type of edge/eventtypes.go")
	bad := decodeAny(t, []byte(`{"seq":1,"at":"x","type":"pick.confirmed","v":1,"data":{"quantity":"6"}}`))
	assert.Error(t, check(schema, schema, bad, "event"), "the checker can fail")
}

func TestOpenAPIDescribesTheServer(t *testing.T) {
	s := newSite(5)
	s.Reference = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"accepted":1,"unchanged":0,"rejected":[{"line":1,"code":"begun","detail":"order"}],"rejectedTotal":1,"revision":"r"}`))
	})
	s.Reconcile = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"epoch":"01JEPOCH","taken":true,"open":false}`))
	})
	s.Parcels = func(q feed.Asked) feed.Told {
		return feed.Told{Head: 5, Heard: s.Now(), Parcels: []node{{"order": q.Order, "client": "default", "carrier": "cj", "stage": "packing", "received": "2026-11-21T09:00:00.000+09:00",
			"pieces": 2, "packed": 1, "boxes": []node{{"box": "B-1", "n": 1, "stage": "open", "at": "2026-11-21T09:00:00.000+09:00"}}}}}
	}
	_, h := s.open(t)
	doc := decodeAny(t, call(h, wmsKey, "GET", "openapi.json", "").Body.Bytes()).(node)
	assert.Equal(t, "3.1.0", doc["openapi"])
	head, _ := pull(t, h, wmsKey, "after=start")
	bodies := map[string]string{"/sync/v1/ack": `{"cursor":"` + head.Next + `"}`}
	queries := map[string]string{"/sync/v1/parcels": "?order=o1"}
	paths := doc["paths"].(node)
	for _, path := range slices.Sorted(maps.Keys(paths)) { // ack comes before the lease that would fence it
		for method, o := range paths[path].(node) {
			op := o.(node)
			responses := op["responses"].(node)
			hold := func(key, body string, status int) {
				w := call(h, key, strings.ToUpper(method), strings.TrimPrefix(path, "/sync/v1/")+queries[path], body)
				require.Equal(t, status, w.Code, "%s %s: %s", method, path, w.Body)
				r, ok := responses[fmt.Sprint(status)].(node)
				require.True(t, ok, "%s %s: %d is not described", method, path, status)
				kind := w.Header().Get("Content-Type")
				c, ok := r["content"].(node)[kind].(node)
				if path == "/sync/v1/reference" && status == 200 {
					c, ok = r["content"].(node)["application/json"].(node)
				}
				require.True(t, ok, "%s %s: %s is not described", method, path, kind)
				text := w.Body.Bytes()
				if kind == "application/x-ndjson" {
					text, _, _ = bytes.Cut(text, []byte("\n"))
				}
				assert.NoError(t, check(doc, c["schema"].(node), decodeAny(t, text), path))
			}
			key := wmsKey
			if op["x-scope"] == "reference:write" {
				key = writeKey
			}
			hold(key, bodies[path], 200)
			hold("", "", 401)
			if scope, ok := op["x-scope"].(string); ok && scope != "" {
				other := map[bool]string{true: writeKey, false: wmsKey}[key == wmsKey]
				hold(other, "", 403)
			}
			if path == "/sync/v1/ack" {
				hold(wmsKey, `{"cursor":"x"}`, 400)
				hold(wmsKey, strings.Repeat(" ", 5000), 413)
			}
		}
	}
	assert.Len(t, doc["paths"], 11, "every route of feed.Handler")
}

func TestHeadsAreSignedEveryHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(3)
		s.Now = time.Now
		f, h := s.open(t)
		done := make(chan error, 1)
		go func() { done <- f.Run(t.Context()) }()
		time.Sleep(90 * time.Minute)
		synctest.Wait()
		s.log.Add(2, time.Now(), "b")
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		read := func(h http.Handler) (out []batch.SignedHead) {
			require.NoError(t, json.Unmarshal(call(h, auditKey, "GET", "heads", "").Body.Bytes(), &out))
			return out
		}
		got := read(h)
		require.Len(t, got, 2, "nothing new is not signed again")
		for i, seq := range []uint64{3, 5} {
			one := got[i]
			assert.Equal(t, seq, one.Seq)
			hash, err := s.log.HashAt("01JEPOCH", seq)
			require.NoError(t, err)
			assert.Equal(t, batch.Hex(hash), one.Hash)
			sig, err := base64.StdEncoding.DecodeString(one.Signature)
			require.NoError(t, err)
			pub := s.HeadKey.Public().(ed25519.PublicKey)
			assert.True(t, ed25519.Verify(pub, one.Signed(), sig))
			one.Seq++
			assert.False(t, ed25519.Verify(pub, one.Signed(), sig))
		}
		s.rec.Err = errors.New("disk full")
		s.log.Add(1, time.Now(), "c")
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Len(t, read(h), 2, "a head that is not on disk is not shown")
		s.rec.Err = nil
		s.Places = s.rec.All()
		_, again := s.open(t)
		assert.Equal(t, got, read(again), "after a restart")
	})
}

// TestOpenAPIHasASchemaForEveryRecord: the body of a push is described kind by
// kind, with the schemas of who checks them.
func TestOpenAPIHasASchemaForEveryRecord(t *testing.T) {
	s := newSite(5)
	s.Schemas = map[string]any{"tote": node{"type": "object", "required": []string{"kind", "id"}}, "order": node{"type": "object"}}
	_, h := s.open(t)
	doc := decodeAny(t, call(h, wmsKey, "GET", "openapi.json", "").Body.Bytes()).(node)
	body := doc["paths"].(node)["/sync/v1/reference"].(node)["post"].(node)["requestBody"].(node)
	assert.Equal(t, node{"$ref": "#/components/schemas/Record"}, body["content"].(node)["application/x-ndjson"].(node)["schema"])
	schemas := doc["components"].(node)["schemas"].(node)
	assert.Equal(t, []any{node{"$ref": "#/components/schemas/Record_order"}, node{"$ref": "#/components/schemas/Record_tote"}}, schemas["Record"].(node)["oneOf"])
	assert.Equal(t, []any{"kind", "id"}, schemas["Record_tote"].(node)["required"])
	assert.Contains(t, schemas, "Head", "the rest stays")
	assert.Contains(t, doc["paths"], "/sync/v1/events")
}

// TestParcelsAreAskedFor: one of order and waybill, and what is not here is an empty
// list, not an error.
func TestParcelsAreAskedFor(t *testing.T) {
	s := newSite(1)
	var asked []feed.Asked
	s.Parcels = func(q feed.Asked) feed.Told { asked = append(asked, q); return feed.Told{Head: 7, Stale: true} }
	_, h := s.open(t)
	for query, status := range map[string]int{"": 400, "?order=": 400, "?order=a&waybill=b": 400, "?order=" + strings.Repeat("x", 300): 400} {
		assert.Equal(t, status, call(h, wmsKey, "GET", "parcels"+query, "").Code, query)
	}
	assert.Empty(t, asked)
	w := call(h, wmsKey, "GET", "parcels?waybill=6500-0000-0000&client=default", "")
	require.Equal(t, 200, w.Code)
	assert.Equal(t, []feed.Asked{{Client: "default", Waybill: "6500-0000-0000"}}, asked)
	got := decodeAny(t, w.Body.Bytes()).(node)
	assert.Equal(t, []any{}, got["parcels"])
	assert.Equal(t, 7.0, got["head"])
	assert.Equal(t, true, got["stale"])
	assert.NotContains(t, got, "heard")
	assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
}
