package apptest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/chain"
	"alcove/app/measure"
)

// Fill records a measure as if it had been filled in at a time past, which Practice does not: all
// items are answered so that their sum is raw. A risk answer raises no alert here.
func (s *Stage) Fill(t testing.TB, c app.ClientID, id measure.ID, at time.Time, raw int) app.ResponseID {
	t.Helper()
	i := Measures(t).Newest(id)
	a, rest := measure.Answers{}, raw
	for _, it := range i.Items {
		most := 0
		for _, choice := range it.Scale {
			most = max(most, choice.Value)
		}
		if it.Scored {
			a[it.Number] = min(rest, most)
			rest -= a[it.Number]
		}
	}
	score, err := i.Score(a)
	if err != nil || rest > 0 {
		t.Fatal(rest, err)
	}
	r := app.Response{
		ID: app.ResponseID(fmt.Sprint(id, at.UnixNano())), Client: c, Measure: id, Version: i.Version, Language: "en", Source: app.FromClient,
		By: "Dr. Maren Holt", At: at, Answers: a, Counted: true, Total: score.Total,
	}
	body, err := chain.Body(map[string]any{"title": i.Short})
	if err == nil {
		e := chain.Entry{Client: string(c), Kind: chain.MeasureResponse, ID: string(r.ID), At: at, By: r.By, Body: body}
		_, err = s.Vault.Memory.Open(nil).Responses.SaveResponse(context.Background(), r, nil, e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}
