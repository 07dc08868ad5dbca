package wire

import "time"

// Data is one of the sealed messages of the data channel.
type Data interface{ data() []byte }

type (
	// Beat says once a second that we live, and what we send.
	Beat struct{ Mic, Cam bool }
	// Chat is one line, kept in an outbox until its Got. Time is in whole milliseconds.
	Chat struct {
		ID   string
		Text string
		Time time.Time
	}
	// Got says that a line is on the screen, or that a form or a plan has come.
	Got struct{ ID string }
	// Voice asks to stop, or resume, sending pictures.
	Voice struct{ Only bool }
	// Verified says that the typed code matched.
	Verified struct{}
	// Farewell ends the session from the data channel.
	Farewell struct{}
)

// MaxChatID is the longest id of a chat line.
const MaxChatID = MaxHandoutID

func (m Beat) data() []byte {
	return encode(struct {
		T   string `json:"t"`
		Mic bool   `json:"mic"`
		Cam bool   `json:"cam"`
	}{"beat", m.Mic, m.Cam})
}

func (m Chat) data() []byte {
	return encode(struct {
		T    string `json:"t"`
		ID   string `json:"id"`
		Text string `json:"text"`
		Time int64  `json:"time"`
	}{"chat", m.ID, m.Text, m.Time.UnixMilli()})
}

func (m Got) data() []byte {
	return encode(struct {
		T  string `json:"t"`
		ID string `json:"id"`
	}{"got", m.ID})
}

func (m Voice) data() []byte {
	return encode(struct {
		T    string `json:"t"`
		Only bool   `json:"only"`
	}{"voice", m.Only})
}

func (Verified) data() []byte { return []byte(`{"t":"verified"}`) }
func (Farewell) data() []byte { return []byte(`{"t":"bye"}`) }

// DataBytes is the JSON of m.
func DataBytes(m Data) []byte { return m.data() }

// ParseData reads a message of the data channel. Some are the host's alone, or the guest's; from
// the other side they are refused.
func ParseData(b []byte, fromHost bool) (Data, error) {
	o := parseObject(b)
	var m Data
	switch t := o.text("t", 16); {
	case t == "beat":
		m = Beat{o.flag("mic"), o.flag("cam")}
	case t == "chat":
		m = Chat{o.id(), o.text("text", MaxText), time.UnixMilli(o.number("time", maxTime))}
	case t == "got":
		m = Got{o.id()}
	case t == "voice" && fromHost:
		m = Voice{o.flag("only")}
	case t == "verified" && fromHost:
		m = Verified{}
	case t == "form" && fromHost:
		m = Ask{o.form()}
	case t == "plan" && fromHost:
		m = Show{o.plan()}
	case t == "kept" && fromHost:
		m = Kept{o.id(), o.flag("ok")}
	case t == "answers" && !fromHost:
		m = Answers{o.id(), o.given()}
	case t == "shown" && !fromHost:
		m = Shown{o.id(), o.flag("yes")}
	case t == "bye":
		m = Farewell{}
	default:
		o.fail("bad t")
	}
	return m, o.done()
}

func (o *object) id() string {
	id := o.text("id", MaxHandoutID)
	if id == "" {
		o.fail("bad id")
	}
	return id
}
