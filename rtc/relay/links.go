package relay

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a sealed part has in bytes (protocol.md, Link): a relay that took anything else would be a store for anybody's files.
const (
	bundleSize = 173 + 16 // and AEAD's tag
	cardFrame  = 12 + 16  // nonce and tag, around one of cardSizes
	maxCard    = cardFrame + 65000
	maxBody    = (bundleSize+maxCard)*4/3 + 1024 // of a PUT's JSON
	maxExpiry  = 100 * 24 * time.Hour
)

var cardSizes = []int{1024, 4096, 16384, 65000}

// A blob is what a guest fetches: both parts are sealed, and the relay has the key to neither.
type blob struct {
	Bundle string `json:"bundle"` // base64url
	Card   string `json:"card"`   // base64url
}

// parsePut reads the body of a PUT and returns the blob in the form that GET serves, and its expiry in Unix seconds.
func parsePut(body []byte, now time.Time) (stored []byte, expires int64, err error) {
	f, err := flatObject(body)
	if err != nil {
		return nil, 0, err
	}
	bundle, okBundle := f["bundle"].(string)
	card, okCard := f["card"].(string)
	number, okExpires := f["expires"].(json.Number)
	if len(f) != 3 || !okBundle || !okCard || !okExpires {
		return nil, 0, errMalformed
	}
	if _, ok := decode64(bundle, bundleSize, bundleSize); !ok {
		return nil, 0, errMalformed
	}
	if sealed, ok := decode64(card, cardFrame, maxCard); !ok || !slices.Contains(cardSizes, len(sealed)-cardFrame) {
		return nil, 0, errMalformed
	}
	expires, err = strconv.ParseInt(number.String(), 10, 64)
	if err != nil || expires <= now.Unix() || expires > now.Add(maxExpiry).Unix() {
		return nil, 0, errMalformed
	}
	stored, err = json.Marshal(blob{Bundle: bundle, Card: card})
	return stored, expires, err
}

// bearer reads the owner token of a request.
func bearer(req *http.Request) (owner, bool) {
	token, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return owner{}, false
	}
	return parseToken(token)
}

func (r *Relay) putLink(w http.ResponseWriter, req *http.Request) {
	link, ok := parseLinkID(req.PathValue("link"))
	if !ok {
		http.NotFound(w, req)
		return
	}
	by, ok := bearer(req)
	if !ok {
		http.Error(w, "owner token missing", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	stored, expires, err := parsePut(body, time.Now())
	if err != nil {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	if !r.limits.publish(clientAddr(req, r.config.TrustedProxies), len(stored)) {
		tooMany(w)
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), slotTimeout)
	defer cancel()
	if err := r.slots.put(ctx, link, by, stored, expires); err != nil {
		r.writeSlotError(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (r *Relay) deleteLink(w http.ResponseWriter, req *http.Request) {
	link, ok := parseLinkID(req.PathValue("link"))
	if !ok {
		http.NotFound(w, req)
		return
	}
	by, ok := bearer(req)
	if !ok {
		http.Error(w, "owner token missing", http.StatusForbidden)
		return
	}
	why := req.URL.Query().Get("why")
	if why != whyUsed && why != whyRevoked {
		http.Error(w, "why: used or revoked", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), slotTimeout)
	defer cancel()
	if err := r.slots.end(ctx, link, by, why); err != nil {
		r.writeSlotError(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// getLink serves the blob. It changes nothing: mail scanners fetch links before people do.
func (r *Relay) getLink(w http.ResponseWriter, req *http.Request) {
	link, ok := parseLinkID(req.PathValue("link"))
	if !ok {
		http.NotFound(w, req)
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), slotTimeout)
	defer cancel()
	data, err := r.slots.get(ctx, link)
	if !errors.Is(err, errNoSlot) && !r.limits.link(link) {
		tooMany(w)
		return
	}
	if err != nil {
		r.writeSlotError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data) // a guest that is gone needs no answer
}

// writeSlotError is the one place where an error of the slots becomes an HTTP status.
func (r *Relay) writeSlotError(w http.ResponseWriter, err error) {
	var gone closedError
	switch {
	case errors.As(err, &gone):
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusGone)
		_ = json.NewEncoder(w).Encode(map[string]string{"why": gone.why})
	case errors.Is(err, errNoSlot):
		http.Error(w, "no such link", http.StatusNotFound)
	case errors.Is(err, errNotOwner):
		http.Error(w, "another token owns this link", http.StatusForbidden)
	case errors.Is(err, errFull):
		r.log.Error("the store is full: new links are refused")
		http.Error(w, "store full", http.StatusInsufficientStorage)
	default:
		r.log.Error("slots cannot be reached", "err", err)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
}
