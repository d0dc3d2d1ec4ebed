package edge

// The types of events.
const (
	EvOrderReceived  Type = "order.received"
	EvOrderParked    Type = "order.parked"
	EvOrderChanged   Type = "order.changed"
	EvCancelStopped  Type = "order.cancelStopped"
	EvCancelTooLate  Type = "order.cancelTooLate"
	EvOrderAtRisk    Type = "order.atRisk"
	EvRiskCleared    Type = "order.riskCleared"
	EvWorkStarted    Type = "work.started"
	EvWorkMoved      Type = "work.moved"
	EvWorkFinished   Type = "work.finished"
	EvWorkLeft       Type = "work.left"
	EvToteBound      Type = "tote.bound"
	EvToteReleased   Type = "tote.released"
	EvLocation       Type = "location.confirmed"
	EvPicked         Type = "pick.confirmed"
	EvPickUndone     Type = "pick.undone"
	EvPickShort      Type = "pick.short"
	EvPickSkipped    Type = "pick.skipped"
	EvPut            Type = "put.confirmed"
	EvPackStarted    Type = "pack.started"
	EvPackItem       Type = "pack.item"
	EvPackUndone     Type = "pack.itemUndone"
	EvBoxClosed      Type = "box.closed"
	EvBoxWeighed     Type = "box.weighed"
	EvBoxReopened    Type = "box.reopened"
	EvAssigned       Type = "waybill.assigned"
	EvBound          Type = "waybill.bound"
	EvVoided         Type = "waybill.voided"
	EvBurnt          Type = "waybill.burnt"
	EvLabelIntent    Type = "label.intent"
	EvLabelSent      Type = "label.sent"
	EvLabelPrinted   Type = "label.printed"
	EvLabelFailed    Type = "label.failed"
	EvLabelInDoubt   Type = "label.inDoubt"
	EvLabelSettled   Type = "label.settled"
	EvInducted       Type = "parcel.inducted"
	EvParcelRead     Type = "parcel.read"
	EvParcelNoRead   Type = "parcel.noRead"
	EvDiverted       Type = "parcel.diverted"
	EvRejected       Type = "parcel.rejected"
	EvParcelLost     Type = "parcel.lost"
	EvTruckOpened    Type = "truck.opened"
	EvBoxLoaded      Type = "box.loaded"
	EvBoxUnloaded    Type = "box.unloaded"
	EvTruckClosed    Type = "truck.closed"
	EvTruckChanged   Type = "truck.changed"
	EvContainer      Type = "container.opened"
	EvContainerShut  Type = "container.closed"
	EvStowed         Type = "box.stowed"
	EvUnstowed       Type = "box.unstowed"
	EvShipConfirmed  Type = "box.shipConfirmed"
	EvUncollected    Type = "box.uncollected"
	EvStockKnown     Type = "stock.known"
	EvStockMoved     Type = "stock.moved"
	EvStockShort     Type = "stock.short"
	EvStockAdjust    Type = "stock.adjustProposed"
	EvReplenish      Type = "replenish.asked"
	EvCountAsked     Type = "count.asked"
	EvCountDone      Type = "count.done"
	EvPickList       Type = "pickList.received"
	EvPickListFormed Type = "pickList.formed"
	EvCarrierScanned Type = "carrier.scanned"
	EvReturnReceived Type = "return.received"
	EvReturnOpened   Type = "return.opened"
	EvReturnGraded   Type = "return.graded"
	EvReturnClosed   Type = "return.closed"
	EvReturnUnknown  Type = "return.unknown"
	EvHospitalIn     Type = "hospital.in"
	EvHospitalOut    Type = "hospital.out"
	EvHospitalUnk    Type = "hospital.unknown"
	EvCaseOwned      Type = "case.owned"
	EvCaseLate       Type = "case.late"
	EvCaseClosed     Type = "case.closed"
	EvStep           Type = "step.confirmed"
	EvRefused        Type = "scan.refused"
	EvPrinterState   Type = "printer.state"
	EvDeviceState    Type = "device.state"
	EvShiftStarted   Type = "shift.started"
	EvShiftEnded     Type = "shift.ended"
	EvPaper          Type = "paper.entered"
	EvLeaseAdded     Type = "lease.added"
	EvLeaseLow       Type = "lease.low"
	EvLeaseClosed    Type = "lease.closed"
	EvEpochOpened    Type = "epoch.opened"
	EvReconciled     Type = "epoch.reconciled"
	EvScanTold       Type = "scan.reconciled"
	EvOrderTold      Type = "order.reconciled"
	EvBoxTold        Type = "box.reconciled"
	EvCheckpoint     Type = "state.checkpoint"
)

// Types lists all types that there are.
func Types() []Type {
	return append(outTypes(),
		EvOrderReceived,
		EvOrderParked,
		EvOrderChanged,
		EvCancelStopped,
		EvCancelTooLate,
		EvOrderAtRisk,
		EvRiskCleared,
		EvWorkStarted,
		EvWorkMoved,
		EvWorkFinished,
		EvWorkLeft,
		EvToteBound,
		EvToteReleased,
		EvLocation,
		EvPicked,
		EvPickUndone,
		EvPickShort,
		EvPickSkipped,
		EvPut,
		EvPackStarted,
		EvPackItem,
		EvPackUndone,
		EvBoxClosed,
		EvBoxWeighed,
		EvBoxReopened,
		EvAssigned,
		EvBound,
		EvVoided,
		EvBurnt,
		EvLabelIntent,
		EvLabelSent,
		EvLabelPrinted,
		EvLabelFailed,
		EvLabelInDoubt,
		EvLabelSettled,
		EvInducted,
		EvParcelRead,
		EvParcelNoRead,
		EvDiverted,
		EvRejected,
		EvParcelLost,
		EvStockKnown,
		EvStockMoved,
		EvStockShort,
		EvStockAdjust,
		EvReplenish,
		EvCountAsked,
		EvCountDone,
		EvPickList,
		EvPickListFormed,
		EvStep,
		EvRefused,
		EvPrinterState,
		EvDeviceState,
		EvShiftStarted, EvShiftEnded,
		EvPaper,
		EvLeaseAdded, EvLeaseLow, EvLeaseClosed,
		EvEpochOpened, EvReconciled, EvScanTold, EvOrderTold, EvBoxTold,
		EvCheckpoint,
	)
}

// outTypes lists those of what leaves and of what comes back.
func outTypes() []Type {
	return []Type{
		EvTruckOpened,
		EvBoxLoaded,
		EvBoxUnloaded,
		EvTruckClosed,
		EvTruckChanged,
		EvContainer,
		EvContainerShut,
		EvStowed,
		EvUnstowed,
		EvShipConfirmed,
		EvUncollected,
		EvCarrierScanned,
		EvReturnReceived,
		EvReturnOpened,
		EvReturnGraded,
		EvReturnClosed,
		EvReturnUnknown,
		EvHospitalIn,
		EvHospitalOut,
		EvHospitalUnk,
		EvCaseOwned,
		EvCaseLate,
		EvCaseClosed,
	}
}

// NewData makes the empty data of a type; nil for a type that is not known.
func NewData(t Type) Data {
	switch t {
	case EvOrderReceived, EvOrderParked:
		return &OrderReceived{}
	case EvOrderChanged, EvCancelStopped, EvCancelTooLate:
		return &OrderChanged{}
	case EvOrderAtRisk, EvRiskCleared:
		return &OrderRisk{}
	case EvWorkStarted, EvWorkMoved, EvWorkFinished, EvWorkLeft:
		return &WorkEvent{}
	case EvToteBound, EvToteReleased:
		return &ToteEvent{}
	case EvLocation:
		return &LocationConfirmed{}
	case EvPicked, EvPickUndone, EvPickShort, EvPickSkipped:
		return &PickEvent{}
	case EvPut:
		return &PutEvent{}
	case EvPackStarted:
		return &PackStarted{}
	case EvPackItem, EvPackUndone:
		return &PackItem{}
	case EvBoxClosed, EvBoxWeighed, EvBoxReopened:
		return &BoxEvent{}
	case EvAssigned, EvBound, EvVoided, EvBurnt:
		return &WaybillEvent{}
	case EvLabelIntent, EvLabelSent, EvLabelPrinted, EvLabelFailed, EvLabelInDoubt, EvLabelSettled:
		return &LabelEvent{}
	case EvInducted, EvParcelRead, EvParcelNoRead, EvDiverted, EvRejected, EvParcelLost:
		return &ParcelEvent{}
	case EvTruckOpened, EvTruckClosed:
		return &TruckEvent{}
	case EvBoxLoaded, EvBoxUnloaded:
		return &BoxLoaded{}
	case EvStockKnown:
		return &StockKnown{}
	case EvStockMoved, EvStockShort, EvStockAdjust, EvCountAsked, EvCountDone, EvReplenish:
		return &StockEvent{}
	case EvPickList, EvPickListFormed:
		return &PickListReceived{}
	case EvCarrierScanned:
		return &CarrierScanned{}
	case EvReturnReceived:
		return &ReturnReceived{}
	case EvStep:
		return &StepConfirmed{}
	case EvRefused:
		return &Refused{}
	case EvPrinterState, EvDeviceState:
		return &DeviceState{}
	case EvLeaseAdded, EvLeaseLow, EvLeaseClosed:
		return &LeaseEvent{}
	case EvShiftStarted, EvShiftEnded:
		return &ShiftEvent{}
	case EvPaper:
		return &PaperEntered{}
	case EvEpochOpened, EvReconciled:
		return &EpochEvent{}
	case EvScanTold:
		return &ReconciledScans{}
	case EvOrderTold, EvBoxTold:
		return &ReconciledEvent{}
	case EvCheckpoint:
		return &Checkpoint{}
	}
	return newOutData(t)
}

// newOutData is NewData of what leaves the site and what comes back to it.
func newOutData(t Type) Data {
	switch t {
	case EvTruckChanged:
		return &TruckChanged{}
	case EvContainer, EvContainerShut:
		return &ContainerEvent{}
	case EvStowed, EvUnstowed:
		return &BoxStowed{}
	case EvShipConfirmed:
		return &BoxShipped{}
	case EvUncollected:
		return &BoxUncollected{}
	case EvReturnOpened, EvReturnGraded, EvReturnClosed:
		return &ReturnEvent{}
	case EvReturnUnknown, EvHospitalUnk:
		return &ParcelUnknown{}
	case EvHospitalIn, EvHospitalOut:
		return &HospitalEvent{}
	case EvCaseOwned, EvCaseLate, EvCaseClosed:
		return &CaseEvent{}
	}
	return nil
}
