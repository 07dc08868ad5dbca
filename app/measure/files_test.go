package measure_test

import (
	"os"
	"slices"
	"testing"

	"alcove/app/measure"
)

// shelf is what the program ships.
func shelf(t testing.TB) measure.Shelf {
	t.Helper()
	s, err := measure.Load(os.DirFS("../../assets/measures"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instrument(t testing.TB, id measure.ID) *measure.Instrument {
	t.Helper()
	i := shelf(t).Newest(id)
	if i == nil {
		t.Fatalf("no %s", id)
	}
	return i
}

func TestShippedInstruments(t *testing.T) {
	for _, want := range []struct {
		id        measure.ID
		items     int
		low, high int
		languages []string
		reliable  int
	}{
		{"phq-9", 10, 0, 27, []string{"en", "es"}, 5},
		{"gad-7", 7, 0, 21, []string{"en", "es"}, 4},
		{"pcl-5", 20, 0, 80, []string{"en"}, 0},
		{"audit-c", 3, 0, 12, []string{"en", "es"}, 0},
		{"who-5", 5, 0, 100, []string{"en", "es"}, 0},
	} {
		i := instrument(t, want.id)
		low, high := i.Range()
		if len(i.Items) != want.items || low != want.low || high != want.high || i.Reliable != want.reliable {
			t.Errorf("%s: %d items, %d to %d, reliable %d", want.id, len(i.Items), low, high, i.Reliable)
		}
		if !slices.Equal(i.Languages, want.languages) || i.Prorate != 0 {
			t.Errorf("%s: %v, prorates %d", want.id, i.Languages, i.Prorate)
		}
	}
	if n := len(shelf(t).Offered()); n != 5 {
		t.Errorf("%d instruments", n)
	}
}

// The wording that a widely copied form gets wrong, and that which raises the alert.
func TestWording(t *testing.T) {
	for _, x := range []struct {
		id       measure.ID
		item     int // 0: the lowest answer of item 1
		language string
		want     string
	}{
		{"phq-9", 0, "en", "Not at all"},
		{"gad-7", 0, "en", "Not at all"},
		{"phq-9", 0, "es", "Ningún día"},
		{"phq-9", 9, "en", "Thoughts that you would be better off dead or of hurting yourself in some way"},
		{"phq-9", 9, "es", "Pensamientos de que estaría mejor muerto(a) o de lastimarse de alguna manera"},
		{"gad-7", 7, "en", "Feeling afraid as if something awful might happen"},
		{"who-5", 4, "en", "I woke up feeling fresh and rested"},
		{"who-5", 4, "es", "Me he despertado fresco y descansado"}, // what WHO publishes has “descandado”
		{"audit-c", 2, "es", "¿Cuántas consumiciones de bebidas alcohólicas suele realizar en un día de consumo normal?"},
		{"audit-c", 3, "es", "¿Con qué frecuencia toma 6 o más bebidas alcohólicas en un solo día?"},   // a Colombian form has 5
		{"pcl-5", 1, "es", "Repeated, disturbing, and unwanted memories of the stressful experience?"}, // there is no Spanish one
	} {
		i := instrument(t, x.id)
		it, _ := i.Item(max(x.item, 1))
		text := it.Text
		if x.item == 0 {
			c, _ := it.Choice(0)
			text = c.Label
		}
		if got := i.In(text, x.language); got != x.want {
			t.Errorf("%s %d %s: %q", x.id, x.item, x.language, got)
		}
	}
}

func TestShelf(t *testing.T) {
	old := instrument(t, "phq-9")
	newer := *old
	newer.Version = "2031-01-01"
	s := shelf(t).With(&newer)
	if s.Newest("phq-9") != &newer || s.Version("phq-9", old.Version) == nil || len(s.Offered()) != 5 {
		t.Error("a new edition takes the place of the old one, which stays to be read")
	}
	if s.Newest("wsas") != nil || s.Version("phq-9", "1999-01-01") != nil {
		t.Error("found what is not there")
	}
}
