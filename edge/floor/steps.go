package floor

// Steps of a screen and of events: what the worker is asked for.
const (
	stepTote      = "tote"
	stepLocation  = "location"
	stepItem      = "item"
	stepDrop      = "drop"
	stepHeld      = "held"
	stepCancelled = "cancelled"
	stepWeight    = "weight"
	stepNoNumber  = "noNumber"
	stepPrinting  = "printing"
	stepInDoubt   = "inDoubt"
	stepWaybill   = "waybill"
	stepDock      = "dock"
	stepLot       = "lot"
	stepSerial    = "serial"
	stepEmpty     = "empty"
	stepCount     = "count"
	stepInsert    = "insert"
	stepUnload    = "unload"
	stepClosed    = "closed" // the floor is: a new epoch waits for the WMS
	stepContainer = "container"
	stepParcel    = "parcel" // of a returns desk
	stepGrade     = "grade"
	stepShelf     = "shelf" // for parcels that nobody knows
	stepBox       = "box"   // of the hospital
	stepExamine   = "examine"
)

// modeOrder is the picking of one order.
const modeOrder = "order"

// Kinds of step.confirmed.
const (
	stepAck      = "ack"
	stepAddTote  = "addTote"
	stepBoxType  = "boxType"
	stepDropped  = "drop"
	stepHelp     = "help"
	stepOverride = "override"
	stepQuantity = "quantity"
	stepReprint  = "reprint"
	stepCapture  = "capture" // the picker's hand
	stepEmptied  = "emptied"
	stepInserted = "inserted"
	stepLeftOut  = "leftOut"    // an extra that there is none of
	stepAnyLot   = "anyLot"     // a lot that is not the next to expire may be taken
	stepUnread   = "unreadable" // a parcel without a code that can be read
	stepPutDown  = "putDown"    // what lay before the worker is put down
)
