package app

import (
	"strconv"

	"alcove/app/chain"
)

// unanswered stands in the chain where a question was skipped: an empty text could be a fault.
const unanswered = "(not answered)"

// entry is the chain's entry for a response: the questions as they were asked, the answers, and
// what they amounted to.
func (v ResponseView) entry() (chain.Entry, error) {
	sections, answers := []map[string]string{}, map[string]int{}
	for _, a := range v.Asked() {
		text := a.Answer
		if text == "" {
			text = unanswered
		}
		sections = append(sections, map[string]string{"key": strconv.Itoa(a.Item), "heading": a.Question, "text": text})
	}
	for item, value := range v.Answers {
		answers[strconv.Itoa(item)] = value
	}
	body := map[string]any{
		"title": v.Instrument.Short, "measure": string(v.Measure), "version": v.Version, "language": v.Language, "session": string(v.Session),
		"source": string(v.Source), "answers": answers, "total": nil, "sections": sections,
	}
	if v.Counted {
		body["total"], body["prorated"], body["band"] = v.Total, v.Prorated, v.Score.Band.Label
	}
	if len(v.Score.Risk) > 0 {
		body["alert"] = v.Score.Risk
	}
	text, err := chain.Body(body)
	return chain.Entry{Client: string(v.Client), Kind: chain.MeasureResponse, ID: string(v.ID), At: v.At, By: v.By, Body: text}, err
}

// entry is the chain's entry for a voiding.
func (v Voiding) entry(c ClientID, id ResponseID) (chain.Entry, error) {
	text, err := chain.Body(map[string]any{
		"title":    "A response was voided",
		"sections": []map[string]string{{"key": "why", "heading": "Why", "text": v.Why}},
	})
	return chain.Entry{Client: string(c), Kind: chain.MeasureVoid, ID: string(id), At: v.At, By: v.By, Body: text}, err
}

// entry is the chain's entry for what was done about an alert. The alert's ID is its response's.
func (a AlertAnswer) entry(c ClientID, id AlertID) (chain.Entry, error) {
	text, err := chain.Body(map[string]any{
		"title":    "Response to an alert",
		"sections": []map[string]string{{"key": "done", "heading": "What was done", "text": a.Done}},
	})
	return chain.Entry{Client: string(c), Kind: chain.AlertResponse, ID: string(id), At: a.At, By: a.By, Body: text}, err
}
