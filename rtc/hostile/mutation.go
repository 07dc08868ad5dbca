package hostile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"
)

// Kind is what is done to one message.
type Kind int

// The kinds. Drop and Delay are what any relay can do; all others must be noticed.
const (
	Drop Kind = iota
	Delay
	Flip     // one bit, anywhere
	FlipHead // one bit of the first 32 bytes: types, numbers, keys, nonces
	Truncate
	Extend
	Replay  // at once, a second time
	Later   // again after the next message of the same way
	Reorder // after the next message of the same way
	Inject  // random bytes of the same length before it
	Forge   // random bytes of the same length and type in its place
	Reflect // back to who sent it, and not on
	Swap    // the message of the same number from another session
	Kinds   // how many there are
)

var kindNames = [Kinds]string{"drop", "delay", "flip", "flip head", "truncate", "extend", "replay", "later", "reorder", "inject", "forge", "reflect", "swap"}

func (k Kind) String() string { return kindNames[k] }

// Harmless kinds leave every message that arrives as it was, and in its order.
func (k Kind) Harmless() bool { return k == Drop || k == Delay }

// Mutation is one deed: kind, to the nth message (from 0) that goes up, to the host, or down.
type Mutation struct {
	Kind Kind
	Up   bool
	N    int
	Seed uint64
}

func (m Mutation) String() string {
	way := "down"
	if m.Up {
		way = "up"
	}
	return fmt.Sprintf("%s of %s %d (seed %d)", m.Kind, way, m.N, m.Seed)
}

// Mutator does one mutation to one conversation. Each way must be called from one goroutine at
// a time; Delay is for the caller to wait.
type Mutator struct {
	Mutation
	Other [][]byte // of another session: messages of the same way, for Swap
	rand  *rand.Rand
	seen  int
	held  []byte
	later []byte
	done  bool
}

// NewMutator prepares m.
func NewMutator(m Mutation) *Mutator {
	return &Mutator{Mutation: m, rand: rand.New(rand.NewPCG(m.Seed, 1))} // #nosec G404 -- a test repeats itself by its seed
}

// Result is what becomes of one message.
type Result struct {
	On    [][]byte      // goes on, in this order
	Back  []byte        // goes back to the sender
	Wait  time.Duration // before all of it
	Meant bool          // this is the message that was meant
}

// Done reports whether the deed was done and everything held was let go.
func (m *Mutator) Done() bool { return m.done }

// Apply takes one message of the way m.Up.
func (m *Mutator) Apply(b []byte) Result {
	n := m.seen
	m.seen++
	if m.held != nil {
		on := [][]byte{b, m.held}
		m.held, m.done = nil, true
		return Result{On: on}
	}
	if m.later != nil {
		on := [][]byte{b, m.later}
		m.later, m.done = nil, true
		return Result{On: on}
	}
	if n != m.N {
		return Result{On: [][]byte{b}}
	}
	return m.do(bytes.Clone(b))
}

func (m *Mutator) do(b []byte) Result {
	r := Result{Meant: true}
	m.done = m.Kind != Later && m.Kind != Reorder
	switch m.Kind {
	case Drop:
	case Delay:
		r.On, r.Wait = [][]byte{b}, time.Duration(m.rand.IntN(40))*time.Millisecond
	case Flip:
		r.On = [][]byte{m.flip(b, len(b))}
	case FlipHead:
		r.On = [][]byte{m.flip(b, min(len(b), 32))}
	case Truncate:
		r.On = [][]byte{b[:m.rand.IntN(len(b))]}
		if len(r.On[0]) == 0 { // nothing cannot be told from dropped
			r.On[0] = b[:1]
		}
	case Extend:
		r.On = [][]byte{append(b, m.random(1+m.rand.IntN(64))...)}
	case Replay:
		r.On = [][]byte{b, bytes.Clone(b)}
	case Later:
		r.On, m.later = [][]byte{b}, bytes.Clone(b)
	case Reorder:
		m.held = b
	case Inject:
		junk := m.random(len(b))
		junk[0] = b[0]
		r.On = [][]byte{junk, b}
	case Forge:
		junk := m.random(len(b))
		junk[0] = b[0]
		r.On = [][]byte{junk}
	case Reflect:
		r.Back = b
	case Swap:
		r.On = [][]byte{b}
		m.done = false
		if m.N < len(m.Other) && !bytes.Equal(m.Other[m.N], b) {
			r.On, m.done = [][]byte{bytes.Clone(m.Other[m.N])}, true
		}
	}
	return r
}

func (m *Mutator) flip(b []byte, within int) []byte {
	bit := m.rand.IntN(within * 8)
	b[bit/8] ^= 1 << (bit % 8)
	return b
}

func (m *Mutator) random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.rand.Uint32())
	}
	return b
}
