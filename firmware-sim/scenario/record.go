package scenario

// The records of the sync contract that a demo site uses. Field order is the
// order on the line.

type text map[string]string

type clientRecord struct {
	Kind          string `json:"kind"`
	ID            string `json:"id"`
	Name          text   `json:"name"`
	Sender        party  `json:"sender"`
	ShipConfirmAt string `json:"shipConfirmAt"`
	ShortPolicy   string `json:"shortPolicy"`
	GoodsText     string `json:"goodsText"`

	Grades []string `json:"grades,omitempty"` // of what comes back
}

// party is a sender or a recipient.
type party struct {
	Name          string `json:"name"`
	Phone         string `json:"phone"`
	Postcode      string `json:"postcode"`
	Address       string `json:"address"`
	AddressDetail string `json:"addressDetail,omitempty"`
	Message       string `json:"message,omitempty"`
}

type workerRecord struct {
	Kind     string   `json:"kind"`
	ID       string   `json:"id"`
	Badge    string   `json:"badge"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Language string   `json:"language,omitempty"`
	PINHash  string   `json:"pinHash,omitempty"`
}

type locationRecord struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Barcode  string `json:"barcode"`
	Zone     string `json:"zone"`
	Sequence int    `json:"sequence"`
	Mixed    bool   `json:"mixed,omitempty"`
	Use      string `json:"use,omitempty"`
}

type barcode struct {
	Code     string `json:"code"`
	Quantity int    `json:"quantity"`
}

type skuRecord struct {
	Kind        string    `json:"kind"`
	Client      string    `json:"client,omitempty"`
	ID          string    `json:"id"`
	Name        text      `json:"name"`
	Variant     text      `json:"variant,omitempty"`
	WeightGrams int       `json:"weightGrams"`
	Barcodes    []barcode `json:"barcodes"`

	location string
}

type toteRangeRecord struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	First string `json:"first"`
	Last  string `json:"last"`
}

// containerRangeRecord is roll cages, by the numbers on their plates.
type containerRangeRecord struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	First string `json:"first"`
	Last  string `json:"last"`
}

type dockRecord struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Barcode string `json:"barcode"`
	Carrier string `json:"carrier"`
}

type laneRecord struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Carrier string `json:"carrier"`
}

type cellRecord struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Barcode string `json:"barcode"`
	Wall    string `json:"wall"`
}

type boxTypeRecord struct {
	Kind      string `json:"kind"`
	ID        string `json:"id"`
	Barcode   string `json:"barcode"`
	Name      text   `json:"name"`
	SizeMM    [3]int `json:"sizeMm"`
	TareGrams int    `json:"tareGrams"`
}

type waybillFormat struct {
	Format    string `json:"format"`
	Symbology string `json:"symbology"`
}

type carrierRecord struct {
	Kind     string        `json:"kind"`
	ID       string        `json:"id"`
	Name     text          `json:"name"`
	Waybill  waybillFormat `json:"waybill"`
	Template string        `json:"template"`
	Cutoffs  []string      `json:"cutoffs"`
}

type tripRecord struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Carrier string `json:"carrier"`
	Dock    string `json:"dock"`
	Departs string `json:"departs"`
}

type rangeRecord struct {
	Kind        string `json:"kind"`
	ID          string `json:"id"`
	Carrier     string `json:"carrier"`
	Client      string `json:"client"`
	FirstSerial string `json:"firstSerial"`
	Count       int    `json:"count"`
	Epoch       string `json:"epoch"`
}

type routing struct {
	SortCode     string `json:"sortCode"`
	SubCode      string `json:"subCode"`
	Branch       string `json:"branch"`
	Zone         string `json:"zone"`
	AddressShort string `json:"addressShort"`
	Version      string `json:"version"`
}

type orderLine struct {
	ID       string `json:"id"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Location string `json:"location"`
}

type orderRecord struct {
	Kind      string      `json:"kind"`
	Client    string      `json:"client,omitempty"`
	ID        string      `json:"id"`
	OrderedAt string      `json:"orderedAt"`
	Channel   string      `json:"channel"`
	Carrier   string      `json:"carrier"`
	Cutoff    string      `json:"cutoff"`
	Priority  int         `json:"priority"`
	Freight   string      `json:"freight"`
	Routing   *routing    `json:"routing,omitempty"`
	Recipient party       `json:"recipient"`
	Lines     []orderLine `json:"lines"`
}

// returnRecord is a parcel that its customer sends back.
type returnRecord struct {
	Kind        string      `json:"kind"`
	Client      string      `json:"client,omitempty"`
	ID          string      `json:"id"`
	Order       string      `json:"order"`
	Waybill     string      `json:"waybill"`
	Originals   []string    `json:"originalWaybills"`
	Reason      string      `json:"reason"`
	RequestedAt string      `json:"requestedAt"`
	Lines       []orderLine `json:"lines"`
}
