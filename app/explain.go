package app

import (
	"context"
	"errors"
	"fmt"

	"alcove/app/datafile"
	"alcove/app/measure"
)

// said pairs an error with what a therapist reads.
type said struct {
	err   error
	words string
}

// sentences: what happened, and the way forward. Every sentinel of app is here; a test keeps
// it so. The first that matches is said.
var sentences = []said{
	{ErrNoFolder, "That folder or file is not there. Name it with its whole path; if it is on a drive that can be taken out, look whether it is plugged in."},
	{ErrFolderInside, "That folder lies inside the profile itself: whatever takes the record away would take its backups too. Choose a folder on another drive."},
	{ErrNoAccess, "The system does not let Alcove use that folder or file. Choose another one, or change who may use it."},
	{ErrNoRoom, "There is not enough room on that disk, so nothing was left there and nothing else was touched. Make some room, or choose another folder."},
	{ErrNoBackup, "This file is no backup that can be used here. Choose one of this practice; its name ends in .alcovebackup."},
	{ErrBackupCut, "This backup is not whole: its end is missing, as after a copy that was broken off. Nothing was changed; copy the file again, or take another backup."},
	{ErrBackupChanged, "This backup is not what Alcove wrote: something in the file was altered or damaged. Nothing of it was used, and nothing was changed; take another backup."},
	{ErrNewerBackup, "This backup was made by a newer Alcove. Install the newer version to use it; nothing was changed."},
	{ErrWouldReplace, "There is a record on this computer already. It is put aside only if you say so."},
	{ErrRecordElsewhere, "Another person on this computer has this record. Switch to that person, and go on there; nothing was changed."},
	{ErrDrillFailed, "The drill found that this backup does not agree with the record. Keep both as they are, make a new backup, and try that one."},
	{ErrNotPutBack, "The earlier record was not put back: a session is running or its room is open, or something is not saved yet. Unlock, end the session, and try again."},
	{ErrBusyBackup, "A backup or a drill is running already. Wait until it is done, or call it off."},
	{ErrVaultExists, "There is a vault here already. Unlock it, or choose another profile folder for a new one."},
	{ErrNoVault, "There is no vault here yet. Set one up, or bring yours back with its recovery kit."},
	{ErrLocked, "Alcove is locked. Unlock it and try again; what you wrote is kept."},
	{ErrWrongPassphrase, "That passphrase does not open the vault. Look whether Caps Lock is on and which keyboard is chosen; if the passphrase is lost, the recovery kit opens it."},
	{ErrWeakPassphrase, "That passphrase would be guessed too soon. Four or five unrelated words are easy to remember and hard to guess."},
	{ErrWrongRecoveryKit, "This recovery kit does not belong to this vault. If a newer kit was printed since, use that one."},
	{ErrRecoveryKitTypo, "Something in the recovery kit is mistyped. It has nine groups of four letters and digits; compare each with the paper."},
	{ErrDeviceSecretMissing, "This computer's keychain no longer holds its half of the key, so the passphrase alone cannot open the vault. Open it with the recovery kit, which makes a new half."},
	{ErrKeychainUnavailable, "The system's keychain does not answer. Sign in to it or start it, and try again; the recovery kit opens the vault once a keychain is there."},
	{ErrDamagedKeyFile, "The vault's key file is damaged, so nothing was opened or changed. Put back a copy of the profile folder from your backup, or use the recovery kit."},
	{ErrBackupDamaged, "Part of the record was damaged already when this backup was made, so the backup was refused and nothing was changed. Try an older one."},
	{ErrDamaged, "Part of the vault has been altered or damaged, and it was refused rather than shown wrong. Nothing was overwritten: keep the folder as it is, and put back your latest backup."},
	{ErrNewerFormat, "This vault was written by a newer Alcove. Install the newer version to open it; nothing was changed."},
	{ErrDiskFull, "The disk is full, so this could not be saved. Make some room; what is on the screen is kept and will be tried again."},
	{ErrReadOnly, "The disk can only be read, so this could not be saved. Make the profile folder writable and try again."},
	{ErrLabelTaken, "Somebody else here is called that already. Add a letter, so that nobody takes the wrong one."},
	{ErrProfileInUse, "Alcove is already running with this record. Use the window that is open, or close it first."},
	{ErrNotFound, "This is no longer there. It may have been deleted meanwhile; go back to the list to see what is."},
	{ErrSigned, "This note is signed and can no longer be changed. Add an addendum to it instead."},
	{ErrNotSigned, "An addendum follows a signed note, and this one is still a draft. Write it into the draft itself."},
	{ErrEmptyNote, "There is nothing in this note yet. Write something, and then sign it."},
	{ErrApartLocked, "Psychotherapy notes are locked. Open them with their own passphrase; what you wrote is kept."},
	{ErrNothingToCarry, "There is nothing to carry forward: no earlier note of this client says anything for a section that is still empty here."},
	{ErrDraftClosed, "This draft was closed. Open the note again to go on writing."},
	{ErrMeasureUsed, "Responses were filled in with this measure and are read by it, so it stays. Stop offering it instead."},
	{ErrMeasureAsked, "A client's page asks this measure just now, and their answers could not be kept without it. Remove it when the session is over."},
	{ErrResponseTaken, "Another response was kept in this place already, and it stays as it was. Please fill the measure in again."},
	{ErrVoided, "This response was voided already. It stays to be read, and counts no more."},
	{ErrAlertClosed, "A response to this alert is recorded already. It stands with the client, under Measures."},
	{ErrInviteClosed, "This link is no longer open. Make a new one for the client."},
	{ErrStandingExists, "This client has a standing link already, and it still works. To give them another, revoke that one first."},
	{ErrPlanMoved, "Another version of this safety plan was written meanwhile. Look at it first; what you wrote is kept."},
	{ErrHandoutTooLong, "This is too long for the client's page. Shorten it, or go through it together."},
	{ErrRelayAway, "The relay cannot be reached just now. Alcove goes on trying; look at your internet connection, or call the client by phone."},
	{ErrRelayBusy, "The relay gives your network no further connections just now. Your client goes on waiting: admit them again in a minute. If it happens often, whoever runs the relay can raise its limits."},
	{ErrKnockGone, "The client is no longer at the door. They can knock again with the same link."},
	{ErrInSession, "Another session is still running. End it before you let the next client in."},
	{context.DeadlineExceeded, "This took too long and was stopped. Please try again."},
	{context.Canceled, "This was stopped before it was done. Please try again."},
}

// unknown is for errors nobody foresaw. Their own text may hold anything, so it is not shown.
const unknown = "Something went wrong that Alcove does not know. Please try again; if it stays, start Alcove anew: what is saved is safe."

// Explain turns any error of app into one or two sentences a therapist understands, with the
// way forward. It never shows client data. "" for nil.
func Explain(err error) string {
	if err == nil {
		return ""
	}
	var field *FieldError
	if errors.As(err, &field) {
		return field.Advice
	}
	var found *FindingsError
	if errors.As(err, &found) {
		return "Not all in this backup holds. " + FindingWords(found.Findings) + " The record had that when the backup was made. A restore goes on and says so; try an older backup as well, and keep the one that is whole."
	}
	var room *UpgradeRoomError
	if errors.As(err, &room) {
		return fmt.Sprintf("This Alcove has to bring the record up to date first, and the disk has too little room for that. Make about %d MB of room and unlock again; nothing was changed, and nothing is lost.", room.Bytes/1_000_000+1)
	}
	var fault *datafile.Fault
	if errors.As(err, &fault) {
		return fault.Error()
	}
	var answer *measure.AnswerError
	if errors.As(err, &answer) {
		return "An answer came that this measure does not have, so nothing of it was kept. Please have it filled in again."
	}
	for _, s := range sentences {
		if errors.Is(err, s.err) {
			return s.words
		}
	}
	return unknown
}
