package scenario

import (
	"fmt"
	"math/rand/v2"
	"sort"
)

// articles makes up the clients' SKUs, the most wanted first: three in four
// belong to the first client. Barcodes are of the restricted prefix 29: one for
// the piece, and one with indicator 1 for a case of 12.
func articles(rng *rand.Rand, n int, clients []string) map[string][]*skuRecord {
	all := make(map[string][]*skuRecord, len(clients))
	look := variants()
	used := make(map[int]bool, n)
	for i := range n {
		client := clients[0]
		if i%4 == 3 {
			client = clients[1]
		}
		serial := rng.IntN(1_000_000)
		for used[serial] {
			serial = (serial + 1) % 1_000_000
		}
		used[serial] = true
		twelve := fmt.Sprintf("29%04d%06d", rng.IntN(10000), serial)
		s := &skuRecord{
			Kind: "sku", ID: fmt.Sprintf("%c%05d", 'A'+rune(i%26), 10000+i), WeightGrams: 20 + rng.IntN(1500),
			Name: pick(rng, adjectives()).with(pick(rng, nouns())),
			Barcodes: []barcode{
				{twelve + checkDigit(twelve), 1}, {"1" + twelve + checkDigit("1"+twelve), 12},
			},
		}
		if rng.Float64() < .3 {
			s.Variant = pick(rng, look)
		}
		if client != clients[0] {
			s.Client = client
		}
		all[client] = append(all[client], s)
	}
	for _, client := range clients {
		shelve(rng, all[client])
	}
	return all
}

// checkDigit is the GS1 check digit: from the right weights 3, 1, 3, … mod 10.
func checkDigit(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return string(rune('0' + (10-sum%10)%10))
}

// shelve gives every article of a client a location; nine locations hold ten
// articles, so some bins are mixed, as on the real day.
func shelve(rng *rand.Rand, list []*skuRecord) {
	bins := max(1, len(list)*9/10)
	at := rng.Perm(bins)
	for i, s := range list {
		s.location = binName(s.Client, at[i%bins])
	}
}

// binName is zone, aisle, bay and level of bin n; the second client lies in
// zones D to F.
func binName(client string, n int) string {
	zone := 'A'
	if client != "" {
		zone = 'D'
	}
	m := n / 3
	return fmt.Sprintf("%c%02d-%02d-%d", zone+rune(n%3), 1+m/5%24, 1+m/120, 1+m%5)
}

// locations are the bins in walking order.
func locations(goods map[string][]*skuRecord) []locationRecord {
	count := map[string]int{}
	for _, list := range goods {
		for _, s := range list {
			count[s.location]++
		}
	}
	ids := make([]string, 0, len(count))
	for id := range count {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	all := make([]locationRecord, len(ids))
	for i, id := range ids {
		all[i] = locationRecord{
			Kind: "location", ID: id, Barcode: "LOC-" + id, Zone: id[:1], Sequence: i + 1, Mixed: count[id] > 1,
		}
	}
	return all
}
