package gs1

// maxSplits bounds the search for a lost separator, in places tried; a place counts once
// more for every hundred bytes that are read there. Codes of the world need a few dozen;
// data made to need more is ambiguous by that alone.
const maxSplits = 1000

// splitter looks for a lost separator in data without one.
type splitter struct {
	data  string
	o     *Options
	steps int
	known map[int]int // what place gave, by where it began
}

func newSplitter(data string, o *Options) *splitter { return &splitter{data: data, o: o} }

// place finds a place from p on where a lost separator would fit: -1 where there is
// none. p itself is given where the search is given up.
func (s *splitter) place(p int) int {
	if at, done := s.known[p]; done {
		return at
	}
	if s.steps++; s.steps > maxSplits {
		return p
	}
	at := s.search(p)
	if s.known == nil {
		s.known = map[int]int{}
	}
	s.known[p] = at
	return at
}

func (s *splitter) search(p int) int {
	t := s.o.table()
	var head []Element
	for {
		ai := t.find(s.data[p:], s.o)
		if ai == nil || len(head) == maxElements {
			return -1
		}
		at := p + len(ai.Code)
		v := s.data[at:]
		if !ai.Fixed {
			return s.tail(head, ai, at)
		}
		n, err := ai.validate(ai.Code, v, 0)
		if err != nil || n >= len(v) {
			return -1
		}
		head = append(head, Element{AI: ai.Code, Value: v[:n], entry: ai})
		p = at + n
	}
}

// tail tries every place within the value of the variable AI that begins at at.
func (s *splitter) tail(head []Element, ai *AI, at int) int {
	v := s.data[at:]
	// What the unsplit data lacks, the split data may lack too: the rest may be on
	// another symbol of the pack. Otherwise a split that needs more is no reading.
	unsplit := Message{Elements: append(append([]Element{}, head...), Element{AI: ai.Code, Value: v, entry: ai})}
	strict := *s.o
	lacks := lacking(&unsplit)
	strict.SkipRequisites = lacks != ""
	// Behind a value of one length any AI may follow: the place itself proves it.
	anyNext := ai.exact()
	for k := 1; k < len(v)-2 && k <= maxValue; k++ {
		next := s.o.table().find(v[k:], s.o)
		// One that the unsplit data wants, as a content wants its count, is looked for too.
		wanted := next != nil && !anyNext && !next.follows()
		if next == nil || wanted && lacks == "" {
			continue
		}
		if n, err := ai.validate(ai.Code, v[:k], 0); err != nil || n < k {
			continue
		}
		if s.steps += 1 + len(v[k:])/100; s.steps > maxSplits {
			return at + k
		}
		here := append(append([]Element{}, head...), Element{AI: ai.Code, Value: v[:k], entry: ai})
		tail, err := parseElements(v[k:], 0x1D, 0, s.o)
		if err != nil {
			// The rest may lack a separator too.
			if s.place(at+k) < 0 {
				continue
			}
			return at + k
		}
		m, asked := Message{Elements: append(here, tail.Elements...)}, strict
		asked.SkipRequisites = strict.SkipRequisites || next.certain()
		if m.associations(&asked) == nil && !sameTwice(m.Elements) && !(wanted && lacking(&m) == lacks) {
			return at + k
		}
	}
	return -1
}

// lacking is the AI that stands without what it asks for; "": none does.
func lacking(m *Message) string {
	if e, ok := m.requisites().(*Error); ok {
		return e.AI
	}
	return ""
}
