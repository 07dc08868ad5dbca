package app

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"unicode"
)

const (
	kitBytes   = 20 // 160 bits: 32 digits
	kitGroup   = 4
	kitSumLen  = 4 // digits: 20 bits, so that one mistyped kit in a million looks right
	kitDigits  = 32 + kitSumLen
	kitLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: no I, L, O, U
	kitLabel   = "alcove recovery kit 1"
)

var kitCode = base32.NewEncoding(kitLetters).WithPadding(base32.NoPadding)

// KitGroups are the recovery kit's nine groups of four as printed, the checksum in the last.
func KitGroups(k RecoveryKit) []string {
	digits := kitCode.EncodeToString(k.b) + kitSum(k.b)
	var groups []string
	for i := 0; i+kitGroup <= len(digits); i += kitGroup {
		groups = append(groups, digits[i:i+kitGroup])
	}
	return groups
}

// ParseKit reads the groups back, forgiving case, spaces, dashes and look-alikes (O for 0, I and L
// for 1, U for V): ErrRecoveryKitTypo.
func ParseKit(typed string) (RecoveryKit, error) {
	digits := make([]byte, 0, kitDigits)
	for _, r := range strings.ToUpper(typed) {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune(".,:;_\u200b\u2212", r):
			continue
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		case r == 'U':
			r = 'V'
		}
		if !strings.ContainsRune(kitLetters, r) || len(digits) == kitDigits {
			return RecoveryKit{}, ErrRecoveryKitTypo
		}
		digits = append(digits, byte(r))
	}
	defer clear(digits)
	if len(digits) != kitDigits {
		return RecoveryKit{}, ErrRecoveryKitTypo
	}
	b := make([]byte, kitBytes)
	if _, err := kitCode.Decode(b, digits[:kitDigits-kitSumLen]); err != nil {
		return RecoveryKit{}, ErrRecoveryKitTypo
	}
	if kitSum(b) != string(digits[kitDigits-kitSumLen:]) {
		clear(b)
		return RecoveryKit{}, ErrRecoveryKitTypo
	}
	return NewRecoveryKit(b), nil
}

// kitSum tells a typo from a wrong kit. It is a hash of a secret of 160 bits: its 20 bits help
// nobody to guess the rest.
func kitSum(b []byte) string {
	h := sha256.Sum256(append([]byte(kitLabel), b...))
	return kitCode.EncodeToString(h[:])[:kitSumLen]
}

// ConfirmKit notes that two groups of the kit were typed back.
func (p *Practice) ConfirmKit(ctx context.Context) error { return p.setKitConfirmed(ctx, true) }

// NewRecoveryKit replaces the kit, which must be confirmed anew: the old one opens nothing from
// then on. A kit that comes with an error is none the less the vault's.
func (p *Practice) NewRecoveryKit(ctx context.Context) (RecoveryKit, error) {
	r, err := p.open()
	if err != nil {
		return RecoveryKit{}, err
	}
	kit, err := r.Keys.NewRecoveryKit(ctx)
	if err != nil {
		return RecoveryKit{}, err
	}
	if err := p.audit(ctx, AuditEntry{Act: ActNewKit}); err != nil {
		return kit, err
	}
	return kit, p.setKitConfirmed(ctx, false)
}

func (p *Practice) setKitConfirmed(ctx context.Context, confirmed bool) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	return p.changeProfile(ctx, r, func(pr Profile) Profile {
		pr.KitConfirmed = confirmed
		return pr
	})
}
