package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// canaries are texts that stand nowhere else.
func canaries() map[string]string {
	return map[string]string{
		"name": "구름솔바위", "phone": "010-7391-4826", "safeNumber": "0508-2846-1937", "address": "별빛고래대로 8472", "addressDetail": "무지개동 7391호",
		"entrance": "#9182키5", "message": "고양이를 깨우지 마세요", "newName": "바람꽃나루", "newPhone": "010-6482-0917",
		"worker": "은하수달팽", "pin": sitetest.LeadPIN, "rejected": "돌담길여울", "scanned": "푸른솔언덕 010-3719-5520",
	}
}

// forms are the byte sequences that a text may hide as.
func forms(text string) map[string][]byte {
	out := map[string][]byte{"UTF-8": []byte(text), "percent": []byte(url.QueryEscape(text)), "quoted": []byte(strings.Trim(strconv.QuoteToASCII(text), `"`))}
	units := utf16.Encode([]rune(text))
	le, be, low, up := []byte{}, []byte{}, "", ""
	for _, u := range units {
		le, be = binary.LittleEndian.AppendUint16(le, u), binary.BigEndian.AppendUint16(be, u)
		if u < 0x80 {
			low, up = low+string(rune(u)), up+string(rune(u))
			continue
		}
		low, up = low+fmt.Sprintf(`\u%04x`, u), up+fmt.Sprintf(`\u%04X`, u)
	}
	out["UTF-16LE"], out["UTF-16BE"], out["JSON"], out["JSON upper"] = le, be, []byte(low), []byte(up)
	out["hex"] = []byte(hex.EncodeToString([]byte(text)))
	for skip := range 3 { // base64 of the text at each of the three alignments, its whole groups
		padded := append(make([]byte, skip), text...)
		enc := base64.StdEncoding.EncodeToString(padded[:len(padded)/3*3])
		if skip > 0 {
			enc = enc[4:]
		}
		if len(enc) >= 8 {
			out[fmt.Sprintf("base64+%d", skip)] = []byte(enc)
		}
	}
	if digits := strings.ReplaceAll(text, "-", ""); digits != text && strings.Trim(digits, "0123456789") == "" {
		out["digits"] = []byte(digits)
	}
	return out
}

// found lists which canaries stand in a text, and as what.
func found(in []byte) []string {
	var out []string
	for name, text := range canaries() {
		for form, b := range forms(text) {
			if bytes.Contains(in, b) {
				out = append(out, name+" as "+form)
			}
		}
	}
	return out
}

// TestSearch is the control of the search itself.
func TestSearch(t *testing.T) {
	c := canaries()
	for name, text := range c {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		texts := [][]byte{quoted, []byte(strconv.QuoteToASCII("a" + text))}
		if len(text) > 8 { // a shorter one cannot be told from chance in base64
			texts = append(texts, []byte(base64.StdEncoding.EncodeToString([]byte("x"+text+"yy"))))
		}
		for _, in := range texts {
			assert.NotEmpty(t, found(in), "%s in %s", name, in)
		}
	}
	assert.Empty(t, found([]byte(`{"name":"홍*동","phone":"010-****-1234"}`)))
}

func order(id string) string {
	c := canaries()
	return fmt.Sprintf(`{"kind":"order","id":%q,"carrier":"cj","recipient":{"name":%q,"phone":%q,"safeNumber":%q,"postcode":"06236","address":"서울특별시 강남구 %s","addressDetail":%q,"entrance":%q,"message":%q},`+
		`"routing":{"sortCode":"4W44","subCode":"24"},"lines":[{"id":"1","sku":"MUG","quantity":1,"location":"A01-01-1"}]}`,
		id, c["name"], c["phone"], c["safeNumber"], c["address"], c["addressDetail"], c["entrance"], c["message"])
}

// said keeps every answer that must hold nothing personal.
type said struct {
	t    *testing.T
	s    *sitetest.Site
	from map[string][]byte
}

func (k *said) ask(method, path, key, body string, headers ...string) sitetest.Answer {
	a := k.s.Do(method, path, key, []byte(body), headers...)
	k.from[fmt.Sprintf("%s %s %d", method, path, len(k.from))] = append(fmt.Append(nil, a.Header), a.Body...)
	return a
}

func TestI13NothingPersonalLeaks(t *testing.T) {
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 100})
	s.Basics()
	lead := s.PushLead()
	k := &said{t: t, s: s, from: map[string][]byte{}}
	c := canaries()

	pushed := order("P-1") + "\n" + order("P-2") + "\n" + order("P-3") + "\n"
	require.NotEmpty(t, found([]byte(pushed)), "control: the search finds them in what is pushed")
	k.ask("POST", "/sync/v1/reference", sitetest.WMSKey, pushed)
	k.ask("POST", "/sync/v1/reference", sitetest.WMSKey, strings.Replace(sitetest.Person("W-009", "picker"), "김W-009", c["worker"], 1))
	changed := k.ask("POST", "/sync/v1/reference", sitetest.WMSKey, strings.ReplaceAll(`{"kind":"orderChange","id":"chg-1","rev":1,"order":"P-2","change":"readdress","recipient":{"name":"N","phone":"P","address":"A"},"routing":{"sortCode":"1A11"}}`+"\n"+
		`{"kind":"orderChange","id":"chg-2","rev":1,"order":"P-3","change":"cancel","reason":"N"}`, `"N"`, strconv.Quote(c["newName"])))
	require.Contains(t, string(changed.Body), `"accepted":2`)
	// refused: a wrong type, a name given twice, half a line
	for _, bad := range []string{`{"kind":"order","id":"P-9","carrier":"cj","recipient":{"name":["R"]},"lines":[]}`, `{"kind":"order","id":"P-9","recipient":{"name":"R","name":"R"}}`,
		`{"kind":"order","id":"P-9","recipient":{"name":"R"`, `{"kind":"R"}`, `{"kind":"order","id":"P-9","carrier":"cj","recipient":{"name":"R"},"lines":[{"id":"1","sku":7}]}`, `"R"`} {
		k.ask("POST", "/sync/v1/reference", sitetest.WMSKey, strings.ReplaceAll(bad, "R", c["rejected"])+"\n")
	}
	label := workOne(t, k)
	require.NotEmpty(t, found(label), "control: the search finds the number on the label")
	readEverything(k, lead)
	// (what a lead writes as the reason of an own act is kept in the audit trail
	// as it is: it is there to be read. No event has it.)
	// a lead may see them, recorded: the other control
	shown := s.Do("POST", "/site/v1/reveals", lead, []byte(`{"of":"P-1","reason":"customer called"}`))
	require.Equal(t, 200, shown.Code, "%s", shown.Body)
	require.NotEmpty(t, found(shown.Body), "control: a reveal shows the recipient")
	k.ask("GET", "/site/v1/audit", lead, "")

	s.StopEdge() // all that is written is written
	search(t, k, "while running")
	s.StartEdge()
	readEverything(k, lead)
	s.StopEdge()
	search(t, k, "after a restart")
}

// workOne works P-1 up to the truck and gives the bytes of its label.
func workOne(t *testing.T, k *said) []byte {
	s, c := k.s, canaries()
	w := s.Worker("W-009")
	scan := func(code string) sitetest.Frame {
		var f sitetest.Frame
		body, err := json.Marshal(map[string]any{"id": sitetest.ID(time.Now()), "code": code, "at": time.Now().Format(time.RFC3339Nano)})
		require.NoError(t, err)
		k.ask("POST", "/floor/v1/scans", w.Token, string(body)).JSON(t, &f)
		return f
	}
	act := func(action string, args any) sitetest.Frame {
		var f sitetest.Frame
		body, err := json.Marshal(map[string]any{"id": sitetest.ID(time.Now()), "action": action, "args": args, "rev": w.Screen().Rev, "at": time.Now().Format(time.RFC3339Nano)})
		require.NoError(t, err)
		k.ask("POST", "/floor/v1/actions", w.Token, string(body)).JSON(t, &f)
		return f
	}
	_ = s.Do("POST", "/floor/v1/logout", w.Token, nil)
	w = s.Worker("W-001")
	require.True(t, act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{"P-1"}}).OK)
	for _, junk := range []string{c["scanned"], c["name"], c["phone"], "https://x.example/?n=" + url.QueryEscape(c["name"])} {
		require.False(t, scan(junk).OK, "unknown")
	}
	k.ask("POST", "/floor/v1/scans", w.Token, `{"id":"`+c["name"]+`","code":"`+c["name"]+`"}`) // no UUID
	k.ask("POST", "/floor/v1/scans", w.Token, `{"code":"`+c["name"])
	k.ask("POST", "/floor/v1/scans", w.Token, fmt.Sprintf(`{"id":%q,"codeB64":%q,"at":%q}`, sitetest.ID(time.Now()), base64.StdEncoding.EncodeToString([]byte(c["scanned"])), time.Now().Format(time.RFC3339Nano)))
	k.ask("POST", "/floor/v1/login", "", fmt.Sprintf(`{"badge":%q,"pin":%q,"device":"x"}`, c["name"], c["phone"]))
	act("help", map[string]any{"text": c["name"]})
	require.True(t, scan("TOTE-00001").OK)
	for sc := w.Screen(); sc.Flow == "pick"; sc = w.Screen() {
		_, code := sc.First()
		require.True(t, scan(code).OK)
	}
	require.True(t, act("start", map[string]any{"flow": "pack", "orders": []string{"P-1"}}).OK)
	require.True(t, scan("TOTE-00001").OK)
	require.Equal(t, "done", scan(sitetest.Mug).Code)
	require.Eventually(t, func() bool { return w.Screen().Step == "waybill" }, 30*time.Second, 20*time.Millisecond)
	k.ask("GET", "/floor/v1/screen", w.Token, "")
	_, waybill := w.Screen().First()
	require.True(t, scan(waybill).OK)
	require.True(t, act("start", map[string]any{"flow": "load"}).OK)
	require.True(t, scan("DOCK-D1").OK)
	require.Equal(t, "done", scan(waybill).Code)
	require.True(t, act("close", map[string]any{"reason": c["newName"]}).OK)
	return s.Printers[0].Labels(0)[0].ZPL()
}

// readEverything asks for all that may be asked for, once the board has it.
func readEverything(k *said, lead string) {
	require.Eventually(k.t, func() bool { return k.s.Do("GET", "/site/v1/orders/P-1", lead, nil).Code == 200 }, 30*time.Second, 50*time.Millisecond)
	for _, path := range []string{"summary", "orders", "orders?find=" + url.QueryEscape(canaries()["name"]), "orders/P-1", "orders/P-2", "orders/P-3", "exceptions",
		"devices", "printers", "labels/A-1.png", "kpi", "audit", "openapi.json"} {
		a := k.ask("GET", "/site/v1/"+path, lead, "")
		assert.Equal(k.t, 200, a.Code, "%s: %s", path, a.Body)
	}
	for _, path := range []string{"events?after=start&limit=10000", "status", "parcels?order=P-1", "epochs", "heads", "openapi.json", "events.schema.json"} {
		a := k.ask("GET", "/sync/v1/"+path, sitetest.WMSKey, "")
		assert.Equal(k.t, 200, a.Code, "%s: %s", path, a.Body)
	}
	k.ask("GET", "/metrics", "", "")
	k.ask("GET", "/healthz", "", "")
	k.ask("GET", "/readyz", "", "")
	k.ask("GET", "/nowhere/"+url.PathEscape(canaries()["name"]), "", "")
}

// search looks through every answer, the log at every level and every file.
func search(t *testing.T, k *said, when string) {
	t.Helper()
	for from, text := range k.from {
		if strings.HasPrefix(from, "GET /site/v1/orders/P-") || strings.Contains(from, " /floor/v1/") {
			// a safe number is an alias already: who sees the masked recipient sees it whole
			text = bytes.ReplaceAll(text, []byte(canaries()["safeNumber"]), nil)
		}
		assert.Empty(t, found(text), "%s: %s", when, from)
	}
	assert.Empty(t, found([]byte(k.s.Log.Text())), "%s: in the log", when)
	files, read := 0, 0
	err := filepath.WalkDir(filepath.Join(k.s.Dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		read += len(text)
		assert.Empty(t, found(text), "%s: in %s", when, path)
		return nil
	})
	require.NoError(t, err)
	t.Logf("%s: searched %d answers, %d bytes of log, %d files with %d bytes", when, len(k.from), len(k.s.Log.Text()), files, read)
	assert.Greater(t, files, 4)
	assert.NotEmpty(t, k.s.Log.Text())
}
