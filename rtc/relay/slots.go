package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// How long a slot is remembered after its link has expired, so that a late guest reads why, and a session under way can reconnect.
const tombstoneFor = 30 * 24 * time.Hour

// Why a link is no longer served.
const (
	whyUsed    = "used"
	whyRevoked = "revoked"
	whyExpired = "expired"
)

var (
	errNoSlot   = errors.New("relay: no such link")
	errNotOwner = errors.New("relay: another token owns this link")
	errFull     = errors.New("relay: the store is full")
	errBusy     = errors.New("relay: the slot kept changing")
)

// closedError says why a link has no blob any more.
type closedError struct{ why string }

func (e closedError) Error() string { return "relay: link closed: " + e.why }

// A slot is what is known of a link besides its blob.
type slot struct {
	Owner   owner  `json:"owner"`
	Expires int64  `json:"expires"`       // Unix seconds
	Why     string `json:"why,omitempty"` // not empty: used or revoked
}

// closed returns why the slot is no longer live, or "".
func (s slot) closed(now time.Time) string {
	if s.Why == "" && now.Unix() >= s.Expires {
		return whyExpired
	}
	return s.Why
}

// slots keeps links in JetStream: the slot in one stream, its sealed blob in another, each message with the time after which NATS removes it
// by itself. Two streams, because the blob must be gone long before the tombstone. In every change the slot is written first, under its own
// revision, so that of two writers at once one sees the other.
type slots struct {
	heads, blobs jetstream.Stream
	js           jetstream.JetStream
}

const (
	headSubject = "alcove.slot."
	blobSubject = "alcove.blob."
)

func openSlots(ctx context.Context, js jetstream.JetStream, c Config) (*slots, error) {
	s := &slots{js: js}
	base := jetstream.StreamConfig{
		Storage:     jetstream.FileStorage,
		Replicas:    c.Replicas,
		Discard:     jetstream.DiscardNew, // full: refuse the new, keep the old
		AllowMsgTTL: true,
		Duplicates:  time.Second, // no message IDs are used: keep that table empty
		// AllowDirect stays off: a replica that lags could still serve a revoked link.
	}
	heads := base
	heads.Name, heads.Subjects, heads.MaxMsgsPerSubject, heads.MaxBytes = "ALCOVE_SLOTS", []string{headSubject + "*"}, 1, c.MaxStore/8
	blobs := base
	blobs.Name, blobs.Subjects, blobs.MaxBytes = "ALCOVE_BLOBS", []string{blobSubject + "*"}, c.MaxStore-c.MaxStore/8
	var err error
	if s.heads, err = js.CreateOrUpdateStream(ctx, heads); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if s.blobs, err = js.CreateOrUpdateStream(ctx, blobs); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	return s, nil
}

// look returns the slot and its revision. An unknown link is errNoSlot with revision 0.
func (s *slots) look(ctx context.Context, id linkID) (sl slot, revision uint64, err error) {
	m, err := s.heads.GetLastMsgForSubject(ctx, headSubject+id.text())
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return sl, 0, errNoSlot
	}
	if err != nil {
		return sl, 0, err
	}
	if err := json.Unmarshal(m.Data, &sl); err != nil {
		return sl, 0, err
	}
	return sl, m.Sequence, nil
}

// get returns the blob of a live link, as it was put. errNoSlot or closedError where there is none.
func (s *slots) get(ctx context.Context, id linkID) ([]byte, error) {
	sl, _, err := s.look(ctx, id)
	if err != nil {
		return nil, err
	}
	if why := sl.closed(time.Now()); why != "" {
		return nil, closedError{why}
	}
	m, err := s.blobs.GetLastMsgForSubject(ctx, blobSubject+id.text())
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, errNoSlot // claimed, but the first PUT was never acknowledged
	}
	if err != nil {
		return nil, err
	}
	return m.Data, nil
}

// put claims the slot, or renews its blob with the token that claimed it. When it returns nil the blob is on disk.
func (s *slots) put(ctx context.Context, id linkID, by owner, blob []byte, expires int64) error {
	for range 5 {
		sl, revision, err := s.look(ctx, id)
		switch {
		case errors.Is(err, errNoSlot):
		case err != nil:
			return err
		case !sl.Owner.is(by):
			return errNotOwner
		case sl.closed(time.Now()) != "":
			return closedError{sl.closed(time.Now())}
		}
		if revision == 0 || sl.Expires != expires {
			err := s.write(ctx, id, slot{Owner: by, Expires: expires}, revision)
			if errors.Is(err, errBusy) {
				continue
			}
			if err != nil {
				return err
			}
		}
		if err := s.writeBlob(ctx, id, blob, expires); !errors.Is(err, errBusy) {
			return err
		}
	}
	return errBusy
}

func (s *slots) write(ctx context.Context, id linkID, sl slot, revision uint64) error {
	data, err := json.Marshal(sl)
	if err != nil {
		return err
	}
	_, err = s.js.Publish(ctx, headSubject+id.text(), data,
		jetstream.WithExpectLastSequencePerSubject(revision),
		jetstream.WithMsgTTL(ttl(time.Unix(sl.Expires, 0).Add(tombstoneFor))))
	return refused(err)
}

func (s *slots) writeBlob(ctx context.Context, id linkID, blob []byte, expires int64) error {
	prior := uint64(0)
	old, err := s.blobs.GetLastMsgForSubject(ctx, blobSubject+id.text())
	switch {
	case err == nil:
		prior = old.Sequence
	case !errors.Is(err, jetstream.ErrMsgNotFound):
		return err
	}
	_, err = s.js.Publish(ctx, blobSubject+id.text(), blob,
		jetstream.WithExpectLastSequencePerSubject(prior),
		jetstream.WithMsgTTL(ttl(time.Unix(expires, 0))))
	if err != nil {
		return refused(err)
	}
	if prior != 0 {
		if err := s.overwrite(ctx, prior); err != nil {
			return err
		}
	}
	// A revocation may have come between the look and the publish: then nobody else will remove this blob.
	sl, _, err := s.look(ctx, id)
	if err != nil {
		return err
	}
	if why := sl.closed(time.Now()); why != "" {
		return errors.Join(closedError{why}, s.erase(ctx, id))
	}
	return nil
}

// end turns the slot into a tombstone and overwrites the blob. When it returns nil the tombstone is on disk: should a power cut bring the blob's
// file back, nobody is served it. Ending twice is no error, and the first
// reason stays.
func (s *slots) end(ctx context.Context, id linkID, by owner, why string) error {
	for range 5 {
		sl, revision, err := s.look(ctx, id)
		if err != nil {
			return err
		}
		if !sl.Owner.is(by) {
			return errNotOwner
		}
		if sl.closed(time.Now()) == "" {
			sl.Why = why
			err = s.write(ctx, id, sl, revision)
			if errors.Is(err, errBusy) {
				continue
			}
			if err != nil {
				return err
			}
		}
		return s.erase(ctx, id)
	}
	return errBusy
}

// erase overwrites every version of the blob on disk, not only the newest.
func (s *slots) erase(ctx context.Context, id linkID) error {
	for {
		m, err := s.blobs.GetLastMsgForSubject(ctx, blobSubject+id.text())
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.overwrite(ctx, m.Sequence); err != nil {
			return err
		}
	}
}

// overwrite replaces one version by noise on disk. That somebody else has done so meanwhile is no error, but NATS says so in words only.
func (s *slots) overwrite(ctx context.Context, sequence uint64) error {
	err := s.blobs.SecureDeleteMsg(ctx, sequence)
	if err == nil {
		return nil
	}
	if _, still := s.blobs.GetMsg(ctx, sequence); errors.Is(still, jetstream.ErrMsgNotFound) {
		return nil
	}
	return err
}

// refused tells the two refusals that a caller can act on from the rest.
func refused(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case jetstream.JSErrCodeStreamWrongLastSequence:
			return errBusy
		case 10077, 10123: // the server's stream limits: maximum bytes, messages or messages per subject
			return errFull
		}
	}
	return err
}

// ttl is the time until t in the whole seconds that NATS counts in.
func ttl(t time.Time) time.Duration {
	return max(time.Second, time.Until(t).Truncate(time.Second)+time.Second)
}
