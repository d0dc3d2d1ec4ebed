package ui

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"dcedge/edge/agent"
	"dcedge/edge/config"
	"dcedge/firmware-sim/printer"
)

const (
	wmsKey = "a key of the test, long enough"
	site   = `
site = "ICN1"
timezone = "Asia/Seoul"
data = "DATA"
[http]
listen = "127.0.0.1:0"
[pii]
keyEnv = "EDGE_PII_KEY"
[login]
devices = "open"
picker = "badge"
packer = "badge"
loader = "badge"
lead = "badge+pin"
[[consumer]]
name = "wms"
keyEnv = "EDGE_WMS_KEY"
scopes = ["events:read", "ack", "reference:write"]
required = true
[[device]]
name = "printer-1"
driver = "zebra"
link = "tcp://PRINTER"
[[station]]
name = "pack-1"
printers = ["printer-1"]
`
	records = `{"kind":"worker","id":"w-001","badge":"W-001","name":"홍길동","roles":["picker","packer","loader"],"language":"ko"}
{"kind":"worker","id":"w-900","badge":"LEAD-1","name":"이하늘","roles":["lead"],"language":"ko","pinHash":"PINHASH"}
{"kind":"location","id":"C08-21-3","barcode":"LOC-C08-21-3","zone":"C","sequence":1}
{"kind":"location","id":"C11-02-1","barcode":"LOC-C11-02-1","zone":"C","sequence":2}
{"kind":"sku","id":"85123A","name":{"ko":"화이트 하트 랜턴","en":"White heart lantern","ja":"ホワイトハートランタン"},"variant":{"ko":"블랙 / L"},"barcodes":[{"code":"8801234567893","quantity":1}]}
{"kind":"sku","id":"71053","name":{"ko":"메탈 랜턴","en":"Metal lantern","ja":"メタルランタン"},"barcodes":[{"code":"8809876543210","quantity":1}]}
{"kind":"toteRange","id":"totes","first":"TOTE-00001","last":"TOTE-00100"}
{"kind":"carrier","id":"cj","name":{"ko":"CJ대한통운"},"waybill":{"format":"cj","symbology":"code128"},"template":"korea-100x150","cutoffs":["23:59"]}
{"kind":"dock","id":"D1","barcode":"DOCK-D1","carrier":"cj"}
{"kind":"waybillRange","id":"cj-a","carrier":"cj","firstSerial":"65000000000","count":1000,"epoch":"EPOCH"}
{"kind":"order","id":"536365","carrier":"cj","recipient":{"name":"황보은","phone":"010-8477-1234","postcode":"06236","address":"서울특별시 강남구 테헤란로 152"},"routing":{"sortCode":"4W44","subCode":"24"},"lines":[{"id":"1","sku":"85123A","quantity":2,"location":"C08-21-3"},{"id":"2","sku":"71053","quantity":1,"location":"C11-02-1"}]}
`
)

// sealOf makes what a WMS sends instead of a PIN.
func sealOf(pin string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=19456,t=2,p=1$%s$%s", b64(salt), b64(argon2.IDKey([]byte(pin), salt, 2, 19456, 1, 32)))
}

// startPrinter plays a label printer and gives its two addresses.
func startPrinter(t *testing.T) *printer.Printer {
	p, err := printer.New(printer.Config{Name: "printer-1", Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Clock: 100})
	require.NoError(t, err)
	background(t, p.Run)
	<-p.Ready()
	return p
}

func background(t *testing.T, run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
}

// startEdge starts a whole edge on a folder of its own and fills it.
func startEdge(t *testing.T, printerAt string) (url string) {
	return startEdgeOn(t, strings.NewReplacer("DATA", filepath.Join(t.TempDir(), "data"), "PRINTER", printerAt).Replace(site))
}

// startEdgeOn does so with a configuration.
func startEdgeOn(t *testing.T, text string) (url string) {
	cfg, err := config.Parse("test.toml", []byte(text))
	require.NoError(t, err)
	env := map[string]string{"EDGE_PII_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32)), "EDGE_WMS_KEY": wmsKey}
	at := make(chan string, 1)
	a, err := agent.Open(cfg, func(n string) string { return env[n] }, slog.New(slog.DiscardHandler), func(address string) { at <- address })
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, a.Close()) })
	background(t, a.Run)
	url = "http://" + <-at
	require.Eventually(t, func() bool { return answer200(url + "/readyz") }, 30*time.Second, 10*time.Millisecond)
	var status struct{ Epoch string }
	require.NoError(t, json.Unmarshal(ask(t, "GET", url+"/sync/v1/status", ""), &status))
	got := string(ask(t, "POST", url+"/sync/v1/reference", strings.NewReplacer("EPOCH", status.Epoch, "PINHASH", sealOf("4711")).Replace(records)))
	require.Contains(t, got, `"rejectedTotal":0`, got)
	return url
}

func answer200(url string) bool {
	r, err := http.Get(url)
	return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
}

func ask(t *testing.T, method, url, body string) []byte {
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+wmsKey)
	a, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, a.StatusCode, string(b))
	return b
}

// waybillOn reads the number off the first label that comes out: it stands on
// it more than once.
func waybillOn(t *testing.T, p *printer.Printer) string {
	text := ask(t, "GET", p.ControlURL()+"/labels?since=0&wait=20", "")
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`"text":"(\d+)"`).FindAllSubmatch(text, -1) {
		if seen[string(m[1])] {
			return string(m[1])
		}
		seen[string(m[1])] = true
	}
	require.Fail(t, "no waybill on the label", "%s", text)
	return ""
}

// settledAt waits for a step of the page, without a sign before it.
func (b *tab) settledAt(page, step string) {
	b.t.Helper()
	b.wait(fmt.Sprintf("document.querySelector('.%s[data-step=%q]') && !document.querySelector('.sign') && document.querySelector('#sync[data-online=yes]')", page, step))
}

// TestOneOrderThroughThePages works an order from the WMS's record to the
// truck at the real edge, with a wedge scanner at each page.
func TestOneOrderThroughThePages(t *testing.T) {
	t.Parallel()
	p := startPrinter(t)
	url := startEdge(t, p.Addr())
	b := open(t, url, 360, 640)
	b.goTo("/pda?device=pda-07")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.startCheck()
	b.click("[data-flow=pick]")
	b.settledAt("pda", "tote")
	b.scan("TOTE-00007")
	b.settledAt("pda", "item")
	assert.Equal(t, "C08-21-3", b.text("#where"))
	b.scan("8801234567893")
	b.wait("document.querySelector('#count .have').innerText === '1' && !document.querySelector('.sign')")
	b.sound("pick")
	b.shot("real-1-pick")
	b.scan("8809876543210")
	b.wait("document.querySelector('.sign[data-code=wrong]')")
	b.shot("real-2-wrong")
	b.scan("8801234567893")
	b.wait("/메탈/.test(document.querySelector('#name').innerText) && !document.querySelector('.sign')")
	b.scan("8809876543210")
	b.wait("document.querySelector('.pda.flow-idle') || document.querySelector('#close') || document.querySelector('.pda[data-step=drop]')")
	if b.number("document.querySelector('#close') ? 1 : 0") == 1 {
		b.click("#close")
	}
	b.wait("document.querySelector('.pda.flow-idle #idle') && !document.querySelector('.sign')")
	b.shot("real-3-idle")

	desk := open(t, url, 1280, 800)
	desk.goTo("/desk?station=pack-1")
	desk.wait("document.querySelector('.login')")
	desk.scan("W-001") // the same worker: the PDA's session is moved
	b.wait("document.querySelector('.login')")
	desk.click("[data-flow=pack]")
	desk.settledAt("desk", "tote")
	desk.scan("TOTE-00007")
	desk.settledAt("desk", "item")
	desk.scan("8801234567893")
	desk.wait("document.querySelector('.line.now .count b').innerText === '1' && !document.querySelector('.sign')")
	desk.sound("pack")
	desk.shot("real-4-pack")
	desk.scan("8801234567893")
	desk.scan("8809876543210") // sent ahead
	waybill := waybillOn(t, p)
	desk.settledAt("desk", "waybill")
	desk.shot("real-5-waybill")
	desk.scan(waybill)
	desk.wait("document.querySelector('.desk.flow-idle #idle')")

	b.goTo("/pda")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.click("[data-flow=load]")
	b.wait("document.querySelector('.pda.flow-load')")
	b.scan("DOCK-D1")
	b.wait("document.querySelector('.pda.flow-load #count') && !document.querySelector('.sign')")
	b.shot("real-6-load")
	b.sound("load")
	b.scan(waybill)
	b.click("#close")
	b.wait("document.querySelector('.pda.flow-idle') && !document.querySelector('.sign')")

	lead := leadPage(t, url, "/lead", 1440, 900)
	lead.wait("document.querySelector('.seg-shipped') && document.querySelector('#wms li')")
	lead.sound("lead")
	lead.shot("real-7-lead")
	lead.press([]key{{"Slash", false, false}}, false)
	lead.wait("document.activeElement && document.activeElement.type === 'search'")
	events := string(ask(t, "GET", url+"/sync/v1/events?after=start&limit=1000", ""))
	for _, typ := range []string{"order.received", "tote.bound", "waybill.bound", "truck.closed"} {
		assert.Contains(t, events, typ)
	}
}
