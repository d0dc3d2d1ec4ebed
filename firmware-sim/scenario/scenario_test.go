package scenario

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
	"pgregory.net/rapid"
)

func noon() time.Time {
	return time.Date(2026, 11, 21, 12, 7, 0, 0, time.FixedZone("KST", 9*3600))
}

// zeros is a source of secrets for tests: always the same.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func lines(t require.TestingT, s *Site) []map[string]any {
	var out bytes.Buffer
	_, err := s.WriteTo(&out)
	require.NoError(t, err)
	var all []map[string]any
	in := bufio.NewScanner(&out)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		var r map[string]any
		require.NoError(t, json.Unmarshal(in.Bytes(), &r))
		all = append(all, r)
	}
	return all
}

func dump(t *testing.T, cfg Config) string {
	t.Helper()
	s, err := Generate(cfg)
	require.NoError(t, err)
	var out strings.Builder
	_, err = s.WriteTo(&out)
	require.NoError(t, err)
	return out.String()
}

func TestDeterministic(t *testing.T) {
	cfg := Config{Seed: 5, Now: noon(), Epoch: "01J", Secrets: zeros{}}
	first := dump(t, cfg)
	require.Equal(t, first, dump(t, cfg))
	cfg.Seed = 6
	require.NotEqual(t, first, dump(t, cfg))
}

// TestTheWallHasItsLights: each cell of the demonstration's wall has one, and no light is
// without a cell.
func TestTheWallHasItsLights(t *testing.T) {
	s, err := Generate(Config{Seed: 5, Now: noon(), Secrets: zeros{}})
	require.NoError(t, err)
	var cells, lights []string
	for _, r := range lines(t, s) {
		if r["kind"] == "cell" {
			cells = append(cells, r["id"].(string))
		}
	}
	demo, err := os.ReadFile(filepath.Join("..", "..", "configs", "demo.toml"))
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`name = "(.*)"\ndriver = "light"`).FindAllSubmatch(demo, -1) {
		lights = append(lights, string(m[1]))
	}
	require.Equal(t, cells, lights)
}

// TestValid: whatever the seed, codes are GTINs used once, orders name what is
// there, and lie where the articles lie.
// The badge for whoever tries the site by hand has no language: a page then speaks
// its browser's.
func TestTheVisitorHasNoLanguage(t *testing.T) {
	s, err := Generate(Config{Seed: 1, Now: noon(), Secrets: zeros{}})
	require.NoError(t, err)
	for _, r := range lines(t, s) {
		if r["kind"] == "worker" && r["badge"] != "L-001" {
			_, has := r["language"]
			require.Equal(t, r["badge"] != "W-200", has, r["badge"])
		}
	}
}

func TestValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		site := &Site{}
		site.build(Config{
			Seed: rapid.Uint64().Draw(t, "seed"), Now: noon(), Epoch: "01J",
			Orders: rapid.IntRange(1, 30).Draw(t, "orders"), SKUs: rapid.IntRange(10, 200).Draw(t, "skus"),
			Returns: rapid.IntRange(0, 9).Draw(t, "returns"),
		}, []workerRecord{{Kind: "worker", ID: "l-001", Badge: "L-001"}})
		codes, where, names := map[string]bool{}, map[string]string{}, map[string]bool{}
		for _, r := range lines(t, site) {
			id, _ := r["id"].(string)
			client, _ := r["client"].(string)
			key := r["kind"].(string) + " " + client + " " + id
			require.False(t, names[key], "twice: %s", key)
			names[key] = true
			switch r["kind"] {
			case "sku":
				checkCodes(t, r, codes)
				where[client+" "+id] = "?"
			case "order":
				checkOrder(t, r, client, where, names)
			case "return":
				checkReturn(t, r, client, where, codes)
			}
		}
	})
}

func checkCodes(t *rapid.T, r map[string]any, codes map[string]bool) {
	for i, b := range r["barcodes"].([]any) {
		code := b.(map[string]any)["code"].(string)
		require.False(t, codes[code], "code twice: %s", code)
		codes[code] = true
		require.Len(t, code, 13+i)
		require.Equal(t, "29", code[i:2+i])
		sum := 0
		for j := len(code) - 1; j >= 0; j-- { // with its check digit: 1, 3, 1, … from the right
			weight := 1
			if (len(code)-1-j)%2 == 1 {
				weight = 3
			}
			sum += weight * int(code[j]-'0')
		}
		require.Zero(t, sum%10, code)
	}
	for _, language := range []string{"ko", "en", "ja"} {
		require.NotEmpty(t, r["name"].(map[string]any)[language])
	}
}

func checkOrder(t *rapid.T, r map[string]any, client string, where map[string]string, names map[string]bool) {
	require.True(t, names["carrier  "+r["carrier"].(string)])
	cutoff, err := time.Parse(time.RFC3339, r["cutoff"].(string))
	require.NoError(t, err)
	require.True(t, cutoff.After(noon()))
	seen := map[string]bool{}
	for _, l := range r["lines"].([]any) {
		line := l.(map[string]any)
		sku, location := line["sku"].(string), line["location"].(string)
		require.False(t, seen[sku], "an article twice in an order")
		seen[sku] = true
		at, ok := where[client+" "+sku]
		require.True(t, ok, "unknown article")
		require.True(t, names["location  "+location], "unknown location")
		require.Contains(t, []string{"?", location}, at, "an article in two places")
		where[client+" "+sku] = location
		require.GreaterOrEqual(t, line["quantity"], float64(1))
	}
	require.NotEmpty(t, seen)
}

// checkReturn: some pieces of what this client sells, under numbers of their own.
func checkReturn(t *rapid.T, r map[string]any, client string, where map[string]string, codes map[string]bool) {
	for _, number := range append(r["originalWaybills"].([]any), r["waybill"]) {
		require.Len(t, number, 12)
		require.False(t, codes[number.(string)], "number twice")
		codes[number.(string)] = true
	}
	lines := r["lines"].([]any)
	require.NotEmpty(t, lines)
	for _, l := range lines {
		line := l.(map[string]any)
		require.Contains(t, where, client+" "+line["sku"].(string))
		require.Contains(t, []float64{1, 2, 3}, line["quantity"])
	}
}

// TestShape holds the made-up day near the figures it is drawn from.
func TestShape(t *testing.T) {
	site, err := Generate(Config{Seed: 1, Now: noon(), Orders: 5000, SKUs: 1300, Secrets: zeros{}})
	require.NoError(t, err)
	small, all, most, count := 0, 0, 0, map[string]int{}
	for _, r := range site.Records {
		o, ok := r.(orderRecord)
		if !ok || o.Client != "" {
			continue
		}
		all++
		if len(o.Lines) <= 3 {
			small++
		}
		most = max(most, len(o.Lines))
		for _, l := range o.Lines {
			count[l.SKU]++
		}
	}
	require.InDelta(t, 0.88, float64(small)/float64(all), 0.03)
	require.Greater(t, most, 100, "large baskets")
	total, top := 0, 0
	for sku, n := range count {
		total += n
		if int(sku[1]-'0')*10000+int(sku[2]-'0')*1000+int(sku[3]-'0')*100 < 10200 { // the first 200 of 1300
			top += n
		}
	}
	share := float64(top) / float64(total)
	require.Greater(t, share, 0.25)
	require.Less(t, share, 0.55)
}

func TestLeadPIN(t *testing.T) {
	one, err := Generate(Config{Seed: 1, Now: noon(), Orders: 1})
	require.NoError(t, err)
	two, err := Generate(Config{Seed: 1, Now: noon(), Orders: 1})
	require.NoError(t, err)
	require.Len(t, one.LeadPIN, 6)
	require.Len(t, one.CrewPIN, 6)
	require.NotEqual(t, one.LeadPIN, one.CrewPIN)
	hash := func(s *Site) string {
		for _, r := range s.Records {
			if w, ok := r.(workerRecord); ok && w.Badge == s.LeadBadge {
				return w.PINHash
			}
		}
		return ""
	}
	require.NotEqual(t, hash(one), hash(two), "the salt is random")
	parts := strings.Split(hash(one), "$")
	require.Len(t, parts, 6)
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	require.NoError(t, err)
	want := argon2.IDKey([]byte(one.LeadPIN), salt, 2, 19*1024, 1, 32)
	require.Equal(t, base64.RawStdEncoding.EncodeToString(want), parts[5])
}

func TestCutoffsPastMidnight(t *testing.T) {
	late := time.Date(2026, 12, 31, 22, 10, 0, 0, time.FixedZone("KST", 9*3600))
	require.Equal(t, []string{"23:30", "25:30", "28:30"}, hours(cutoffsAfter(late), late))
}

func TestFloorOfFile(t *testing.T) {
	site, err := Floor(strings.NewReader(
		`{"kind":"sku","id":"x"}`+"\n"+
			`{"kind":"order","id":"1","client":"c2","carrier":"lotte","cutoff":"2026-11-21T15:00:00+09:00","lines":[{"id":"7","sku":"x","quantity":2}]}`+"\n"),
		Config{Now: noon(), Epoch: "01J", Secrets: zeros{}, Returns: 1})
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, r := range lines(t, site) {
		kinds[r["kind"].(string)]++
	}
	require.Equal(t, map[string]int{
		"client": 2, "worker": 202, "location": 2, "return": 1, "toteRange": 1, "containerRange": 1, "boxType": 4, "carrier": 1, "dock": 1, "lane": 1, "cell": 24, "trip": 1, "waybillRange": 2,
	}, kinds)
	for name, file := range map[string]string{
		"Malformed": "{", "NoOrders": "", "UnknownCarrier": `{"kind":"order","id":"1","carrier":"owl"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Floor(strings.NewReader(file), Config{Now: noon(), Secrets: zeros{}})
			require.Error(t, err)
		})
	}
}

func TestFloorOfRealDay(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("SKIPPED, NOT PASSED: CONFORMANCE_DATA names no folder")
	}
	file, err := os.Open(filepath.Join(dir, "orders-2010-12-01.ndjson"))
	require.NoError(t, err)
	defer file.Close()
	site, err := Floor(file, Config{Now: noon(), Epoch: "01J", Secrets: zeros{}})
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, r := range lines(t, site) {
		kinds[r["kind"].(string)]++
	}
	require.Equal(t, 4, kinds["carrier"])
	require.Equal(t, 12, kinds["trip"])
}

func TestGenerateRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"NoNow":  {},
		"Orders": {Now: noon(), Orders: -1},
		"SKUs":   {Now: noon(), SKUs: 3},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Generate(cfg)
			require.ErrorIs(t, err, ErrConfig)
		})
	}
}
