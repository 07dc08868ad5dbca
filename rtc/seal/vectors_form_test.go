package seal

import "alcove/rtc/wire"

// b64 is bytes as the page reads them.
type b64 []byte

func (b b64) MarshalText() ([]byte, error) { return []byte(wire.Encode(b)), nil }

// jwk is a private key as WebCrypto imports it.
type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   b64    `json:"x"`
	Y   b64    `json:"y"`
	D   b64    `json:"d"`
}

// vectors is one whole session, every input and every output.
type vectors struct {
	About    string            `json:"about"`
	Link     linkVector        `json:"link"`
	Card     cardVector        `json:"card"`
	Knock    knockVector       `json:"knock"`
	Lobby    lobbyVector       `json:"lobby"`
	Admit    admitVector       `json:"admit"`
	Keys     map[string]b64    `json:"keys"`
	Confirm  confirmVector     `json:"confirm"`
	Code     string            `json:"code"`
	Signals  []messageVector   `json:"signals"`
	Resumes  []resumeVector    `json:"resumes"`
	Finished []finishedVector  `json:"finished"`
	Data     []messageVector   `json:"data"`
	Refused  []refusedVector   `json:"refused"`
	JSON     []refusedJSON     `json:"refusedJSON"`
	Padding  []refusedPadding  `json:"refusedPadding"`
	Constant map[string]string `json:"labels"`
}

type linkVector struct {
	Origin       string `json:"origin"`
	URL          string `json:"url"`
	Kind         int    `json:"kind"`
	Flags        int    `json:"flags"`
	Expires      int64  `json:"expires"`
	InviteKey    jwk    `json:"inviteKey"`
	InvitePublic b64    `json:"invitePublic"`
	PairKey      jwk    `json:"pairKey"`
	PairPublic   b64    `json:"pairPublic"`
	Nonce        b64    `json:"nonce"`
	B            b64    `json:"B"`
	L            b64    `json:"L"`
	LinkID       b64    `json:"linkID"`
	BundleKey    b64    `json:"K_bundle"`
	CardKey      b64    `json:"K_card"`
	Bundle       b64    `json:"bundle"`
}

type cardVector struct {
	Version   uint32 `json:"version"`
	Nonce     b64    `json:"nonce"`
	JSON      string `json:"json"`
	Signature b64    `json:"signature"`
	Plaintext b64    `json:"plaintext"`
	Card      b64    `json:"card"`
}

type knockVector struct {
	Now            int64  `json:"now"`
	GuestKey       jwk    `json:"guestKey"`
	GuestPublic    b64    `json:"guestPublic"`
	GuestKEM       jwk    `json:"guestKEM"`
	GuestKEMPublic b64    `json:"guestKEMPublic"`
	HPKEEphemeral  jwk    `json:"hpkeEphemeral"`
	Enc            b64    `json:"enc"`
	RC             b64    `json:"r_c"`
	HRC            b64    `json:"H_rc"`
	JSON           string `json:"json"`
	Signature      b64    `json:"signature"`
	Plaintext      b64    `json:"plaintext"`
	Frame          b64    `json:"frame"`
	SS1            b64    `json:"ss1"`
	T0             b64    `json:"T0"`
	T1             b64    `json:"T1"`
}

type lobbyVector struct {
	KeyHost  b64             `json:"K_lobby_1"`
	KeyGuest b64             `json:"K_lobby_2"`
	Messages []messageVector `json:"messages"`
}

type admitVector struct {
	HPKEEphemeral jwk    `json:"hpkeEphemeral"`
	Enc           b64    `json:"enc"`
	RT            b64    `json:"r_t"`
	Session       b64    `json:"session"`
	JSON          string `json:"json"`
	Signature     b64    `json:"signature"`
	Plaintext     b64    `json:"plaintext"`
	Frame         b64    `json:"frame"`
	SS2           b64    `json:"ss2"`
	T2            b64    `json:"T2"`
}

type confirmVector struct {
	Frame b64 `json:"frame"`
	T3    b64 `json:"T3"`
}

type messageVector struct {
	From     string `json:"from"`
	Kind     int    `json:"kind,omitempty"`
	Sequence uint64 `json:"sequence"`
	JSON     string `json:"json"`
	Message  b64    `json:"message"`
}

type resumeVector struct {
	From  string `json:"from"`
	Nonce b64    `json:"nonce"`
	Next  uint64 `json:"next"`
	Frame b64    `json:"frame"`
}

type finishedVector struct {
	From    string `json:"from"`
	Next    uint64 `json:"next"`
	FPHost  b64    `json:"fpHost"`
	FPGuest b64    `json:"fpGuest"`
	Message b64    `json:"message"`
}
