package storage

import (
	"context"

	"alcove/app"
	"alcove/app/measure"
)

// measureStore implements app.MeasureStore.
type measureStore struct{ *records }

func (s measureStore) OwnMeasures(ctx context.Context) ([]app.OwnMeasure, error) {
	all, err := list(ctx, s.store.DB(), func(r scanner) (m app.OwnMeasure, err error) {
		err = r.Scan(&m.Measure, &m.Version, &m.File, when{&m.Added}, &m.Retired, &m.Used)
		return m, err
	}, `SELECT measure, version, file, added, retired,
		EXISTS (SELECT 1 FROM responses r WHERE r.measure = m.measure AND r.version = m.version) FROM measures m ORDER BY measure, version`)
	return all, s.fail(ctx, err)
}

func (s measureStore) AddMeasure(ctx context.Context, m app.OwnMeasure) error {
	return s.exec(ctx, "INSERT INTO measures (measure, version, file, added, retired) VALUES (?, ?, ?, ?, ?)",
		string(m.Measure), m.Version, m.File, stamp(m.Added), m.Retired)
}

func (s measureStore) RetireMeasure(ctx context.Context, id measure.ID, version string, retired bool) error {
	return s.one(ctx, "UPDATE measures SET retired = ? WHERE measure = ? AND version = ?", retired, string(id), version)
}

func (s measureStore) RemoveMeasure(ctx context.Context, id measure.ID, version string) error {
	return s.one(ctx, "DELETE FROM measures WHERE measure = ? AND version = ?", string(id), version)
}
