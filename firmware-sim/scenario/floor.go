package scenario

import (
	"bufio"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"slices"
	"time"

	"golang.org/x/crypto/argon2"
)

// Sizes of the demo site's floor.
const (
	workers    = 200
	cells      = 24      // of the put wall, each with its light in configs/demo.toml: some waves of six
	rangeCount = 100_000 // waybill numbers a carrier and client
	maxLine    = 1 << 20 // bytes of a reference record read from a file
)

// Floor makes up what an orders file lacks: it reads the carriers, clients and
// cut-offs that the file's orders use and emits clients, workers, totes, docks, lanes, cells,
// box types, carriers, trips and waybill ranges for them, and returns of such
// articles. Only Seed, Returns, Epoch, Now (its location is the site's) and Secrets
// of cfg count.
func Floor(file io.Reader, cfg Config) (*Site, error) {
	cfg, err := cfg.prepared()
	if err != nil {
		return nil, err
	}
	f, err := uses(file, cfg.Now.Location())
	if err != nil {
		return nil, err
	}
	f.epoch = cfg.Epoch
	site := &Site{}
	bosses, err := site.leads(cfg)
	if err != nil {
		return nil, err
	}
	rng := mrand.New(mrand.NewPCG(cfg.Seed, 0x6463656467650002))
	f.add(site, rng, bosses)
	for i := range min(cfg.Returns, len(f.sold)) {
		sold := pick(rng, f.sold)
		site.Records = append(site.Records, back(rng, cfg.Now, i+1, sold.client, sold.lines))
	}
	return site, nil
}

// uses reads what the orders of a file name.
func uses(file io.Reader, zone *time.Location) (floor, error) {
	var f floor
	var names, clocks []string
	f.clients = []string{"default"}
	in := bufio.NewScanner(file)
	in.Buffer(nil, maxLine)
	for n := 1; in.Scan(); n++ {
		var r struct {
			Kind    string    `json:"kind"`
			Client  string    `json:"client"`
			Carrier string    `json:"carrier"`
			Cutoff  time.Time `json:"cutoff"`

			Lines []orderLine `json:"lines"`
		}
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			return f, fmt.Errorf("scenario: line %d: %w", n, err)
		}
		if r.Kind != "order" {
			continue
		}
		if len(r.Lines) > 0 && len(f.sold) < mostSold {
			f.sold = append(f.sold, sold{cmp.Or(r.Client, "default"), r.Lines})
		}
		if r.Client != "" && !slices.Contains(f.clients, r.Client) {
			f.clients = append(f.clients, r.Client)
		}
		if r.Carrier != "" && !slices.Contains(names, r.Carrier) {
			names = append(names, r.Carrier)
		}
		if clock := r.Cutoff.In(zone).Format("15:04"); !r.Cutoff.IsZero() && !slices.Contains(clocks, clock) {
			clocks = append(clocks, clock)
		}
	}
	if err := in.Err(); err != nil {
		return f, fmt.Errorf("scenario: %w", err)
	}
	if len(names) == 0 {
		return f, fmt.Errorf("%w: the file has no order that names a carrier", ErrConfig)
	}
	slices.Sort(names)
	slices.Sort(clocks)
	f.cutoffs = clocks
	known := carriers()
	for _, name := range names {
		i := slices.IndexFunc(known, func(c carrier) bool { return c.id == name })
		if i < 0 {
			return f, fmt.Errorf("%w: carrier %q is not known here", ErrConfig, name)
		}
		f.carriers = append(f.carriers, known[i])
	}
	return f, nil
}

// carrier is a carrier with its first digit of made-up serials.
type carrier struct {
	id, first string
	name      text
}

func carriers() []carrier {
	return []carrier{
		{"cj", "65", text{"ko": "CJ대한통운", "en": "CJ Logistics", "ja": "CJ大韓通運"}},
		{"hanjin", "52", text{"ko": "한진택배", "en": "Hanjin", "ja": "韓進宅配"}},
		{"lotte", "31", text{"ko": "롯데택배", "en": "Lotte", "ja": "ロッテ宅配"}},
		{"logen", "94", text{"ko": "로젠택배", "en": "Logen", "ja": "ローゼン宅配"}},
	}
}

// floor is everything but articles and orders.
type floor struct {
	clients  []string
	carriers []carrier
	cutoffs  []string // "HH:MM", local
	epoch    string
	sold     []sold // of a file's orders
}

// sold is what an order of a file took.
type sold struct {
	client string
	lines  []orderLine
}

const mostSold = 1000 // orders of a file that something may come back of

func (f floor) add(site *Site, rng *mrand.Rand, bosses []workerRecord) {
	put := func(r any) { site.Records = append(site.Records, r) }
	for i, id := range f.clients {
		put(client(id, i))
	}
	for i := range workers {
		w := workerRecord{
			Kind: "worker", ID: fmt.Sprintf("w-%03d", i+1), Badge: fmt.Sprintf("W-%03d", i+1), Name: person(rng),
			Roles: []string{"picker", "packer", "loader", "returns"}, Language: pick(rng, []string{"ko", "ko", "ko", "en", "ja"}),
		}
		if i == workers-1 {
			w.Language = "" // whoever tries the site by hand reads what their browser speaks
		}
		put(w)
	}
	for _, boss := range bosses {
		put(boss)
	}
	put(locationRecord{Kind: "location", ID: "QUARANTINE", Barcode: "LOC-QUARANTINE", Zone: "Q", Use: "quarantine"})
	put(locationRecord{Kind: "location", ID: "UNKNOWN", Barcode: "LOC-UNKNOWN", Zone: "Q", Use: "unknown"})
	put(toteRangeRecord{"toteRange", "totes-a", "TOTE-00001", "TOTE-09999"})
	put(containerRangeRecord{"containerRange", "cages", "CAGE-001", "CAGE-040"})
	for _, b := range boxTypes() {
		put(b)
	}
	for i := range cells {
		id := fmt.Sprintf("W1-%d", i+1)
		put(cellRecord{"cell", id, "CELL-" + id, "W1"})
	}
	for i, c := range f.carriers {
		dock := fmt.Sprintf("D%d", i+1)
		put(carrierRecord{
			Kind: "carrier", ID: c.id, Name: c.name, Waybill: waybillFormat{c.id, "code128"},
			Template: "korea-100x150", Cutoffs: f.cutoffs,
		})
		put(dockRecord{"dock", dock, "DOCK-" + dock, c.id})
		put(laneRecord{"lane", c.id, c.id}) // of a belt, where there is one
		for n, clock := range f.cutoffs {
			put(tripRecord{"trip", fmt.Sprintf("%s-%d", c.id, n+1), c.id, dock, clock})
		}
		for n, client := range f.clients {
			if f.epoch == "" {
				continue
			}
			put(rangeRecord{
				Kind: "waybillRange", ID: fmt.Sprintf("%s-%s-%s", c.id, client, f.epoch), Carrier: c.id, Client: client,
				FirstSerial: fmt.Sprintf("%s%02d0000000", c.first, n), Count: rangeCount, Epoch: f.epoch,
			})
		}
	}
}

func client(id string, n int) clientRecord {
	names := []text{
		{"ko": "한강상회", "en": "Hangang Trading", "ja": "ハンガン商会"},
		{"ko": "한빛몰", "en": "Hanbit Mall", "ja": "ハンビットモール"},
	}
	name, grades := names[n%len(names)], []string(nil)
	if n%2 == 1 {
		grades = []string{"good", "opened", "defect", "wrongItem"} // its own
	}
	return clientRecord{
		Kind: "client", ID: id, Name: name, Grades: grades, ShipConfirmAt: "truckClosed", ShortPolicy: "partShip", GoodsText: "count",
		Sender: party{
			Name: name["ko"], Phone: fmt.Sprintf("02-6000-%04d", 1000+n), Postcode: "22382",
			Address: "인천광역시 중구 자유무역로 107",
		},
	}
}

func boxTypes() []boxTypeRecord {
	box := func(n string, tare int, size [3]int) boxTypeRecord {
		return boxTypeRecord{
			"boxType", "B" + n, "BOX-B" + n, text{"ko": n + "호", "en": "No. " + n, "ja": n + "号"}, size, tare,
		}
	}
	return []boxTypeRecord{
		box("1", 80, [3]int{220, 190, 90}), box("2", 120, [3]int{270, 180, 150}),
		box("3", 210, [3]int{340, 250, 210}), box("5", 420, [3]int{480, 380, 340}),
	}
}

// lead makes a badge that needs a PIN: six random digits, as an argon2id hash (19
// MiB, two passes, one lane).
func lead(cfg Config, n int, pin *string) (workerRecord, error) {
	name := person(mrand.New(mrand.NewPCG(cfg.Seed, 0x6463656467650002+uint64(n))))
	raw := make([]byte, 24)
	if _, err := io.ReadFull(cfg.Secrets, raw); err != nil {
		return workerRecord{}, fmt.Errorf("scenario: secrets: %w", err)
	}
	var digits uint64
	for _, b := range raw[:8] {
		digits = digits<<8 | uint64(b)
	}
	*pin = fmt.Sprintf("%06d", digits%1_000_000)
	salt := raw[8:]
	const memory, passes, lanes = 19 * 1024, 2, 1
	hash := argon2.IDKey([]byte(*pin), salt, passes, memory, lanes, 32)
	b64 := base64.RawStdEncoding
	return workerRecord{
		Kind: "worker", ID: fmt.Sprintf("l-%03d", n), Badge: fmt.Sprintf("L-%03d", n), Name: name, Roles: []string{"lead"}, Language: "ko",
		PINHash: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memory, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(hash)),
	}, nil
}
