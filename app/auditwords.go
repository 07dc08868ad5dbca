package app

import "strings"

// ActGroup sorts the acts of the audit log for its filter.
type ActGroup string

const (
	GroupViews   ActGroup = "views"
	GroupChanges ActGroup = "changes"
	GroupDoor    ActGroup = "door"    // who was let in, and who was not
	GroupExports ActGroup = "exports" // what left the vault
	GroupVault   ActGroup = "vault"   // what opens it, and copies of it
)

// failed is the end of an act that was refused or did not work.
const failed = ".failed"

// acts says every act in words a therapist reads; a test finds one that is missing. Words never
// change what an entry means: the log keeps the act, not the words.
var acts = map[string]struct {
	group ActGroup
	words string
}{
	ActSetUp:              {GroupVault, "Vault set up"},
	ActUnlock:             {GroupVault, "Unlocked"},
	ActUnlock + failed:    {GroupVault, "Unlock refused, wrong passphrase"},
	ActRecover:            {GroupVault, "Opened with the recovery kit"},
	ActRecover + failed:   {GroupVault, "Recovery kit refused"},
	ActLock:               {GroupVault, "Locked"},
	ActPassphrase:         {GroupVault, "Passphrase changed"},
	ActDeviceSecret:       {GroupVault, "Device secret renewed"},
	ActNewKit:             {GroupVault, "New recovery kit made"},
	ActSettings:           {GroupChanges, "Settings changed"},
	ActAdmit:              {GroupDoor, "Admitted to a session"},
	ActDeny:               {GroupDoor, "Turned away at the door"},
	ActWrongPIN:           {GroupDoor, "Wrong PIN at the door"},
	ActBlocked:            {GroupDoor, "Link closed after wrong PINs"},
	ActInvite:             {GroupDoor, "Invite made"},
	ActRevoke:             {GroupDoor, "Invite revoked"},
	ActVerified:           {GroupDoor, "Code verified"},
	ActWrongCode:          {GroupDoor, "Wrong code typed"},
	ActUnverified:         {GroupDoor, "Went on unverified"},
	ActCutSession:         {GroupChanges, "Note begun for a session that was cut off"},
	ActForget:             {GroupDoor, "Devices forgotten"},
	ActViewClient:         {GroupViews, "Client opened"},
	ActViewNote:           {GroupViews, "Note read"},
	ActSearch:             {GroupViews, "Notes searched"},
	ActAddClient:          {GroupChanges, "Client added"},
	ActChangeClient:       {GroupChanges, "Client changed"},
	ActWrite:              {GroupChanges, "Draft written"},
	ActSign:               {GroupChanges, "Note signed"},
	ActAddendum:           {GroupChanges, "Addendum signed"},
	ActDelete:             {GroupChanges, "Draft deleted"},
	ActRestore:            {GroupChanges, "Deleted draft brought back"},
	ActPurge:              {GroupChanges, "Deleted draft gone for good"},
	ActTemplate:           {GroupChanges, "Note template saved"},
	ActTemplateGone:       {GroupChanges, "Note template deleted"},
	ActExport:             {GroupExports, "Note copied as text"},
	ActExportRecord:       {GroupExports, "Record file exported"},
	ActPlan:               {GroupChanges, "Safety plan written"},
	ActShowPlan:           {GroupExports, "Safety plan offered to the client's page"},
	ActViewPlan:           {GroupViews, "Safety plan read"},
	ActEmergency:          {GroupViews, "Emergency card opened"},
	ActDeed:               {GroupChanges, "Emergency: something done was noted"},
	ActNumbers:            {GroupChanges, "Emergency numbers changed"},
	ActViewMeasures:       {GroupViews, "Measures read"},
	ActMeasureFile:        {GroupChanges, "Measure of the practice imported"},
	ActMeasureRetire:      {GroupChanges, "Measure of the practice no longer offered"},
	ActMeasureOffer:       {GroupChanges, "Measure of the practice offered again"},
	ActMeasureGone:        {GroupChanges, "Measure of the practice removed"},
	ActResponse:           {GroupChanges, "Measure filled in"},
	ActExportChart:        {GroupExports, "Chart saved as a picture"},
	ActVoid:               {GroupChanges, "Response voided"},
	ActAlert:              {GroupChanges, "Alert raised by a risk answer"},
	ActAnswerAlert:        {GroupChanges, "Response to an alert recorded"},
	ActBackup:             {GroupVault, "Backup made"},
	ActBackup + failed:    {GroupVault, "Backup failed"},
	ActBackupGone:         {GroupVault, "Older backup removed by the rule"},
	ActDrill:              {GroupVault, "Restore drill passed"},
	ActDrill + failed:     {GroupVault, "Restore drill failed"},
	ActRestored:           {GroupVault, "Restored from a backup"},
	ActRestored + failed:  {GroupVault, "Restore refused, wrong recovery kit"},
	ActFindingsRead:       {GroupVault, "What a restore found was read"},
	ActPutBack:            {GroupVault, "Record put aside by a restore put back"},
	ActPutBack + failed:   {GroupVault, "Record put aside by a restore not put back, wrong passphrase"},
	ActRemoveAside:        {GroupVault, "Record put aside by a restore removed"},
	ActViewLog:            {GroupViews, "Audit log opened"},
	ActExportLog:          {GroupExports, "Audit log exported"},
	ActExportLog + failed: {GroupExports, "Export of the audit log failed"},

	actFound + string(FoundEntry):  {GroupVault, "Restored with chain entries that are not as signed"},
	actFound + string(FoundOrder):  {GroupVault, "Restored with a chain that has a gap"},
	actFound + string(FoundEnd):    {GroupVault, "Restored with a chain whose signed end does not fit"},
	actFound + string(FoundRecord): {GroupVault, "Restored with signed things that do not agree with their chain"},
	actFound + string(FoundLog):    {GroupVault, "Restored with an audit log that was altered"},
	actFound + string(FoundLoose):  {GroupVault, "Restored with lines that belong to nothing"},
	actFound + string(FoundIndex):  {GroupVault, "Restored with a damaged search index, written anew"},

	ActApartSetUp:           {GroupVault, "Psychotherapy notes set up"},
	ActApartUnlock:          {GroupVault, "Psychotherapy notes unlocked"},
	ActApartUnlock + failed: {GroupVault, "Psychotherapy notes not unlocked, wrong passphrase"},
	ActApartRecover:         {GroupVault, "Psychotherapy notes opened with their kit"},
	ActApartLock:            {GroupVault, "Psychotherapy notes locked"},
	ActApartView:            {GroupViews, "Psychotherapy notes read"},
	ActApartDelete:          {GroupChanges, "Psychotherapy note deleted"},
}

// actWords says an act; one that this version does not know stands for itself.
func actWords(act string) string {
	if a, ok := acts[act]; ok {
		return a.words
	}
	return act
}

// actsOf are the acts of a group; of none for an unknown one.
func actsOf(g ActGroup) []string {
	all := []string{}
	for act, a := range acts {
		if a.group == g {
			all = append(all, act)
		}
	}
	return all
}

// actsBeginning are the acts in whose words one begins so, case aside.
func actsBeginning(word string) []string {
	all := []string{}
	for act, a := range acts {
		for w := range strings.FieldsSeq(strings.ToLower(a.words)) {
			if strings.HasPrefix(w, word) {
				all = append(all, act)
				break
			}
		}
	}
	return all
}
