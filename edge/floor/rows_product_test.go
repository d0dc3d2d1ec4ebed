package floor_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// promise is one thing that the product's table of the flows says of a row, and what
// shows it: names of rows of the tables here, or tests as folder.Test.
type promise struct {
	row, what string
	by        []string
}

func by(names ...string) []string { return names }

// promises are the rows of the flows of a fulfilment centre with their exceptions, in
// the order in which the product has them.
func promises() []promise {
	return slices.Concat(pickPromises(), wallPromises(), packPromises(), outPromises())
}

func pickPromises() []promise {
	return []promise{
		{"2.1-1", "badge, name on every screen", by("edge/access.TestLogin")},
		{"2.1-1", "badge unknown: a lead approves, audited", by("edge/access.TestApprovedBadge", "edge/web/ui.TestLeadApprovesAnUnknownBadge")},
		{"2.1-1", "the previous user's open tote is handed over", by("edge/access.TestLastOnADevice", "edge/floor.TestTakenOverGoesOnWhereItStood")},
		{"2.1-2", "shift check", by("the start check is booked", "edge/web/ui.TestShiftPages")},
		{"2.1-2", "a clock that is wrong is noted", by("edge/floor.TestShiftFacts")},
		{"2.1-2", "unsynced work is no stop", by("in the middle of work too: nobody is stopped")},
		{"2.1-3", "what is offered", by("offered", "not offered")},
		{"2.1-x", "hand-over keeps the progress", by("what the one before left open is taken over where it stands")},
		{"2.2-1", "get work", by("orders of one carrier and cut-off", "a list of the WMS, each to its tote")},
		{"2.2-1", "none left says why", by("nothing to pick", "edge/floor.TestRowsOfNoWork", "edge/floor.TestNoWorkWhileTheWMSIsSilent")},
		{"2.2-2", "tote in use: where it is", by("a tote in use says by which order")},
		{"2.2-2", "dirty tote: help", by("something lies in the tote: help, and the lead is told which tote", "a tote in which a cancelled order's goods lie")},
		{"2.2-3", "aisle blocked: to the end", by("a blocked aisle is put off whole")},
		{"2.2-4", "confirm the place", by("its place", "the next place is asked for", "never asked for")},
		{"2.2-4", "wrong place", by("another place")},
		{"2.2-5", "item", by("its item")},
		{"2.2-5", "wrong item, unknown code", by("another item", "a code that nobody knows", "edge/floor.TestCapturesAreFacts")},
		{"2.2-5", "keyboard damage: repaired where proven, else refused, the device listed", by("typed by a Korean keyboard, repaired and the device listed",
			"Hangul of nothing that is known is refused", "doubled by the wedge, repaired and the device listed", "repaired it is another item",
			"edge/floor.TestSpoiltScans", "edge/board.TestSpoiltDevicesAreListed")},
		{"2.2-6", "lot, expiry, serial", by("lot and expiry in one symbol", "a serial number", "edge/floor.TestALotThatBeginsLikeAnIdentifier")},
		{"2.2-6", "expired; another lot; serial twice", by("expired", "another lot expires sooner", "the other lot with a reason", "a serial number twice")},
		{"2.2-7", "quantity, cases", by("the last piece", "a case counts its pieces", "typed after a lot was read")},
		{"2.2-7", "over; undo", by("a case where fewer are wanted", "the last scan is taken back", "taken back by the printed code")},
		{"2.2-8", "put; wrong tote", by("into its tote", "into another's tote")},
		{"2.2-9", "short: other place, policy, count", by("another place is offered", "no other place: the order goes short", "hold", "part-ship", "cancel the line", "wait")},
		{"2.2-10", "the bin should be empty", by("the last known piece asks whether the place is empty", "it is", "it is not: it is counted")},
		{"2.2-11", "cancelled mid-pick: a quiet notice, the goods go back", by("the cancel tote's goods are work", "edge/floor.TestCancelWhilePicking")},
		{"2.2-11", "how old the knowledge is", by("edge/web.TestOldKnowledgeIsSaid")},
		{"2.2-12", "offline: picking goes on, new work from what is here", by("picking goes on", "new work comes from what is here", "nothing is here, and nothing comes")},
		{"2.2-12", "saved here and not yet there", by("edge/web.TestSeenIsTold", "edge/web/ui.TestLineIsCut")},
		{"2.2-12", "serial uniqueness is not confirmed", by("a serial number is unique as far as the site knows", "one that the site knows is refused all the same",
			"edge/floor.TestSilenceIsAFact")},
		{"2.2-13", "finish at the drop place", by("the drop place closes the order", "the wrong drop place")},
		{"2.2-13", "without a tote nothing closes", by("without a tote nothing is closed")},
		{"2.2-13", "a tote that nobody takes up is on the lead's list", by("edge/board.TestAToteThatNobodyTakesUpIsListed")},
	}
}

func wallPromises() []promise {
	return []promise{
		{"2.3-1", "a wave", by("a list of the WMS", "not before its time")},
		{"2.3-2", "sums per place into the wave's tote", by("a wave begins with its tote", "the last piece ends the wave", "short: the last order goes without")},
		{"2.3-3", "tote, item, cell", by("the wave's tote at the wall", "an item names its cell", "into its cell")},
		{"2.3-3", "no order needs it: the surplus tote, its place is counted", by("an item that no order wants",
			"it goes into the surplus tote: it is brought back, its place is counted", "one too many of what orders wanted", "edge/floor.TestSurplusAtTheWall")},
		{"2.3-3", "another's cell", by("into another's")},
		{"2.3-3", "missing when the tote is empty", by("the tote is empty and pieces are missing: the open cells are named", "something is missing from an empty tote: it is picked again")},
		{"2.3-3", "the cell's order is cancelled", by("the order of the cell was cancelled: the siren at its cell", "acknowledged: the cell is free, all of it goes back as was asked with the cancel")},
		{"2.3-3", "a dead light changes nothing", by("edge/putlight.TestALightThatWasAway")},
		{"2.3-3", "wall full: the next wave is held", by("the wall is full", "edge/floor.TestNextWaveIsHeldWhileTheWallIsFull", "edge/board.TestFullWallIsListed")},
		{"2.3-4", "cell complete, the packer scans it", by("a cell is complete")},
		{"2.4", "zones, short button, a zone skipped", by("begin in a zone", "the zone's last piece passes the tote on", "a short passes it on too", "a zone skipped: the exit refuses")},
	}
}

func packPromises() []promise {
	return []promise{
		{"2.5-1", "open by tote, cell, slip or waybill", by("a tote", "a cell", "the pick slip", "the waybill of a client who prints first")},
		{"2.5-1", "cancelled, held, packed, not picked", by("cancelled", "held", "already packed, by its label", "not picked yet")},
		{"2.5-1", "one of a shared box is cancelled: its goods alone come out", by("one cancelled at the desk is a siren",
			"one cancelled of whom a piece is in the box: it comes out", "cancelled when packed: the box is a siren wherever it is scanned",
			"all of a shared box cancelled: it is emptied whole", "and the desk goes on with the other", "its ack at a desk opens the box")},
		{"2.5-1b", "a single piece chooses its order", by("the item chooses the order", "no demand")},
		{"2.5-2", "each piece; wrong, over, unscannable", by("a piece at the desk", "an article that the tote does not want", "one too many of a line", "a code that cannot be read, with a reason")},
		{"2.5-3", "gifts and inserts; none left", by("a gift", "none left: without it", "none left: held")},
		{"2.5-4", "the last piece prints here", by("the last piece", "edge/printing.TestPrintsWhatIsWanted")},
		{"2.5-4", "no number in stock never stops the desk", by("edge/floor.TestNumbersRunOut")},
		{"2.5-5", "media out: the job waits, the same number", by("edge/printing.TestPaperOutUnderLabel", "edge/printing.TestNoPrinterWorks")},
		{"2.5-5", "after eight seconds another printer, named", by("edge/printing.TestFailoverAfterEightSeconds", "edge/floor.TestTheLabelComesOutElsewhere")},
		{"2.5-5", "unknown outcome: scan it, or say no", by("in doubt: its scan settles it", "in doubt: it came out", "in doubt: it did not")},
		{"2.5-6", "weight; outside; a lead's badge", by("within the site's", "without what should be in it", "a lead lets it pass, and what it weighs is told")},
		{"2.5-7", "applied; another order's; voided; twin", by("it matches", "swapped with another order's", "edge/floor.TestWrongLabels")},
		{"2.5-8", "several boxes", by("a second box gets its label at the desk", "with a box of it open elsewhere nothing is over")},
		{"2.5-9", "reprint: the same number, a reason, a limit", by("of a packed box, by its number", "without a reason", "over the limit", "its twin is a duplicate")},
		{"2.5-10", "void and issue anew", by("void: the number dies and another comes", "dead at the truck", "dead on the box")},
		{"2.5-10", "who else has the old number is told", by("edge/floor.TestAVoidSaysWhetherTheNumberIsKnownElsewhere")},
		{"2.5-11", "another address after the print", by("another address: the old label first", "the old label is scanned as destroyed")},
		{"2.5-12", "reopen before loading alone", by("by its number", "on a truck")},
		{"2.5-first", "labels before packing", by("picking begins: the box is planned with its number")},
		{"2.5-first", "on paper too", by("edge/floor.TestLabelFirstOnPaper", "edge/floor.TestPaperRows")},
	}
}

func outPromises() []promise {
	return []promise{
		{"2.6-1", "read, answered at once, diverted, confirmed by the eye", by("edge/sorter.TestLanesAndReasons", "edge/sorter.TestDecisionIsQuick",
			"edge/sorter.TestDivertIsConfirmedWhileTheParcelIsThere", "edge/edgetest/belt.TestBeltThroughTheBuiltEdge")},
		{"2.6-2", "every result", by("nothing on it can be read", "a number of nobody", "its twin is on a truck", "not packed",
			"edge/sorter.TestLanesAndReasons", "edge/sorter.TestOverweight", "edge/sorter.TestFullLane", "edge/sorter.TestUnconfirmedIsLostAndContradictedIsTakenBack")},
		{"2.6-3", "no read: round again, then the hospital", by("edge/sorter.TestRecirculationHasALimit", "a box scanned on the idle screen",
			"a new label of the same number", "reads again: back on the belt", "edge/board.TestNoReadsAreChargedToTheLabel")},
		{"2.6-4", "cancelled or held after packing", by("cancelled", "held", "edge/belt.TestACancelOnTheBelt")},
		{"2.6-5", "jam: stop, alarm, flush", by("edge/sorter.TestJamIsByTheBeltsMovement", "edge/belt.TestAlarmsAreShown")},
		{"2.6-6", "lane full; the edge is away: hospital lane", by("edge/sorter.TestFullLane", "edge/sorter.TestBlindBelt", "edge/sorter.TestNoParcelOnAWrongLane")},
		{"2.6-7", "a serial scanner unplugged", by("edge/edgetest/desk.TestPulledAndBack")},
		{"2.7-1", "open; wrong carrier at the dock", by("the dock opens the truck", "the dock again", "a vehicle of another carrier")},
		{"2.7-2", "load; other carrier, not packed, cancelled, twice", by("a box", "another carrier's", "its label is on no box", "cancelled", "twice")},
		{"2.7-2", "containers", by("one scan loads all of it", "a cancelled box inside")},
		{"2.7-3", "three lists before the close: on it, missing and where, of a later trip", by("edge/floor.TestTheLoaderSeesWhatIsMissingAndWhere")},
		{"2.7-3", "close; what is missing is named", by("all on it", "left without a reason", "full: the rest goes with the next trip", "edge/board.TestLeft")},
		{"2.7-4", "each parcel counts as shipped, at its client's moment", by("edge/floor.TestShippedOnceAtTheClientsMoment", "edge/floor.TestPaperIsShippedAtItsMoment")},
		{"2.7-4", "the manifest", by("edge/web.TestAManifestIsWhole", "edge/web.TestManifestIsPrinted")},
		{"2.7-4", "offline: confirmed here, pulled later as it stood", by("edge/floor.TestAMomentThatWasMissedIsMadeUpFor")},
		{"2.7-5", "the carrier never saw it", by("edge/floor.TestUncollected", "edge/floor.TestCollectedLongAfter", "edge/floor.TestNobodyOwnsTheCase")},
		{"2.7-undo", "unload until the close", by("taken off the truck", "unload after the close")},
		{"2.8", "returns", by("the return's waybill", "the original waybill, announced", "good (정상)", "defect (불량) by its card", "wrong item (오배송)",
			"missing pieces (수량부족) want a reason", "a parcel that nobody announced", "goes to the shelf for them",
			"how many is typed after the first scan", "nothing was announced, and a parcel without a name came")},
		{"2.9", "end of shift", by("a lead signs", "nobody else signs", "one's own end with work in hand", "edge/shift.TestAnEndIsSignedAndTicked", "edge/board.TestLeft")},
	}
}

// TestEveryRowOfTheFlowsIsShown: no row of the product is without what shows it, no
// row of a table here is of none, and every name is there.
func TestEveryRowOfTheFlowsIsShown(t *testing.T) {
	rows := rowsHere(t)
	tests := map[string]map[string]bool{}
	seen := map[string]bool{}
	for _, p := range promises() {
		seen[p.row] = true
		assert.NotEmpty(t, p.by, "%s %s", p.row, p.what)
		for _, name := range p.by {
			folder, test, elsewhere := strings.Cut(name, ".Test")
			if !elsewhere {
				assert.True(t, rows[p.row+" "+name], "%s %s: no row %q", p.row, p.what, name)
				continue
			}
			if tests[folder] == nil {
				tests[folder] = testsIn(t, filepath.Join("..", "..", folder))
			}
			assert.True(t, tests[folder]["Test"+test], "%s %s: no test %s", p.row, p.what, name)
		}
	}
	for name := range rows {
		row, _, _ := strings.Cut(name, " ")
		assert.True(t, seen[row], "row %q is of no row of the flows", name)
	}
	for _, row := range strings.Fields(`2.1-1 2.1-2 2.1-3 2.2-1 2.2-2 2.2-3 2.2-4 2.2-5 2.2-6 2.2-7 2.2-8 2.2-9 2.2-10 2.2-11 2.2-12 2.2-13
		2.3-1 2.3-2 2.3-3 2.3-4 2.4 2.5-1 2.5-1b 2.5-2 2.5-3 2.5-4 2.5-5 2.5-6 2.5-7 2.5-8 2.5-9 2.5-10 2.5-11 2.5-12
		2.6-1 2.6-2 2.6-3 2.6-4 2.6-5 2.6-6 2.6-7 2.7-1 2.7-2 2.7-3 2.7-4 2.7-5 2.7-undo 2.8 2.9`) {
		assert.True(t, seen[row], "nothing is said of %s", row)
	}
}

// files parses the tests of a folder.
func files(t *testing.T, folder string) []*ast.File {
	names, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	out := make([]*ast.File, 0, len(names))
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		out = append(out, f)
	}
	return out
}

func testsIn(t *testing.T, folder string) map[string]bool {
	out := map[string]bool{}
	for _, f := range files(t, folder) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				out[fn.Name.Name] = true
			}
		}
	}
	return out
}

// rowsHere are the rows of the tables of this package: row, a space, name.
func rowsHere(t *testing.T) map[string]bool {
	out := map[string]bool{}
	for _, f := range files(t, ".") {
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			text := map[string]string{}
			for _, e := range c.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					key, isName := kv.Key.(*ast.Ident)
					if v, ok := kv.Value.(*ast.BasicLit); ok && isName && v.Kind == token.STRING {
						text[key.Name], _ = strconv.Unquote(v.Value)
					}
				}
			}
			if text["row"] != "" {
				out[text["row"]+" "+text["name"]] = true
			}
			return true
		})
	}
	return out
}
