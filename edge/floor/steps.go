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
)

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
)
