package app_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"alcove/app"
)

func kitOf(b []byte) app.RecoveryKit { return app.NewRecoveryKit(bytes.Clone(b)) }

func TestKitGroupsReadBack(t *testing.T) {
	for range 200 {
		secret := make([]byte, 20)
		if _, err := rand.Read(secret); err != nil {
			t.Fatal(err)
		}
		groups := app.KitGroups(kitOf(secret))
		want(t, "groups", len(groups), 9)
		for _, g := range groups {
			if len(g) != 4 || strings.ContainsAny(g, "ILOU") {
				t.Fatalf("group %q", g)
			}
		}
		text := strings.Join(groups, "-")
		loose := strings.NewReplacer("0", "o", "1", "l", "V", "u").Replace(text)
		for _, typed := range []string{
			text, strings.ToLower(text), strings.ReplaceAll(text, "-", ""), strings.ReplaceAll(text, "-", " – \n\t"),
			loose, strings.ReplaceAll(loose, "l", "I"), "  " + strings.Join(groups, ". "),
		} {
			kit, err := app.ParseKit(typed)
			must(t, err)
			if !bytes.Equal(kit.Bytes(), secret) {
				t.Fatalf("%q reads as another kit", typed)
			}
		}
	}
}

func TestKitIsTheOneThatWasPrinted(t *testing.T) {
	// Printed kits must open vaults for as long as there is paper.
	groups := strings.Join(app.KitGroups(kitOf([]byte("0123456789abcdefghij"))), " ")
	want(t, "groups", groups, "60RK 4CSM 6MV3 EE1S C5H6 6S35 CSKP GTBA J3AT")
}

func TestKitTypos(t *testing.T) {
	text := []byte(strings.Join(app.KitGroups(kitOf([]byte("twenty secret bytes!"))), ""))
	for i := range text {
		for _, c := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
			typed := bytes.Clone(text)
			if typed[i] == c {
				continue
			}
			typed[i] = c
			_, err := app.ParseKit(string(typed))
			wantErr(t, fmt.Sprintf("digit %d as %c", i, c), err, app.ErrRecoveryKitTypo)
		}
		if i > 0 && text[i] != text[i-1] {
			typed := bytes.Clone(text)
			typed[i], typed[i-1] = typed[i-1], typed[i]
			_, err := app.ParseKit(string(typed))
			wantErr(t, fmt.Sprint("swapped at ", i), err, app.ErrRecoveryKitTypo)
		}
	}
	for _, typed := range []string{"", "    ", string(text[:35]), string(text) + "0", string(text[:35]) + "!", "é" + string(text[1:]), strings.Repeat("9", 100_000)} {
		_, err := app.ParseKit(typed)
		wantErr(t, "a text that is no kit", err, app.ErrRecoveryKitTypo)
	}
}

func TestSecretsCannotBePrinted(t *testing.T) {
	secret := "twenty secret bytes!"
	for _, s := range []string{
		fmt.Sprint(kitOf([]byte(secret)), pass(secret)), fmt.Sprintf("%s %v %+v %#v %x %q", pass(secret), pass(secret), pass(secret), pass(secret), pass(secret), pass(secret)),
		fmt.Sprintf("%s %v %+v %#v %x %d", kitOf([]byte(secret)), kitOf([]byte(secret)), kitOf([]byte(secret)), kitOf([]byte(secret)), kitOf([]byte(secret)), kitOf([]byte(secret))),
	} {
		if strings.Contains(s, secret) || strings.Contains(s, fmt.Sprintf("%x", secret)) || strings.Contains(s, fmt.Sprint([]byte(secret))) {
			t.Errorf("printed: %s", s)
		}
	}
}

func FuzzParseKit(f *testing.F) {
	f.Add(strings.Join(app.KitGroups(kitOf(make([]byte, 20))), "-"))
	f.Add("60RK 4CSM 6MV3 EE1S C5H6 6S35 CSKP GTBA")
	f.Add("ïİı﹣—ﬁ")
	f.Fuzz(func(t *testing.T, typed string) {
		kit, err := app.ParseKit(typed)
		if err != nil {
			return
		}
		again, err := app.ParseKit(strings.Join(app.KitGroups(kit), ""))
		if err != nil || !bytes.Equal(again.Bytes(), kit.Bytes()) {
			t.Errorf("%q reads, but its own groups do not", typed)
		}
	})
}
