package relay

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Every kind of file that a page is made of. Others are not served: notes or type declarations that lie in the same folder stay there.
var mimeTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".json":        "application/json",
	".webmanifest": "application/manifest+json",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".jpg":         "image/jpeg",
	".webp":        "image/webp",
	".ico":         "image/x-icon",
	".woff2":       "font/woff2",
	".mp3":         "audio/mpeg",
	".ogg":         "audio/ogg",
	".wav":         "audio/wav",
	".txt":         "text/plain; charset=utf-8",
}

// A pageFile is one file of the guest's page, held ready in memory.
type pageFile struct {
	mime, etag    string
	plain, zipped []byte // zipped is nil where it would save nothing
}

// loadPage reads the whole page once: what was checked at the start is what is served to the end.
func loadPage(files fs.FS) (map[string]*pageFile, error) {
	page := map[string]*pageFile{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "node_modules" { // the type checker's, where the page is served from a source folder
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		mime, known := mimeTypes[path.Ext(name)]
		if !known {
			return nil
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		page[name] = newPageFile(mime, data)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w: the guest's page: %w", ErrConfig, err)
	}
	if page["index.html"] == nil {
		return nil, fmt.Errorf("%w: the guest's page has no index.html", ErrConfig)
	}
	return page, nil
}

func newPageFile(mime string, data []byte) *pageFile {
	sum := sha256.Sum256(data)
	f := &pageFile{mime: mime, plain: data, etag: b64.EncodeToString(sum[:16])}
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // fails only for a level that does not exist
	_, _ = z.Write(data)
	_ = z.Close() // a bytes.Buffer takes everything
	if buf.Len() < len(data) {
		f.zipped = buf.Bytes()
	}
	return f
}

// serve answers with a file. A browser asks again each time and hears 304: a page that was mended must not live on in caches.
func (f *pageFile) serve(w http.ResponseWriter, req *http.Request) {
	h := w.Header()
	body, etag := f.plain, `"`+f.etag+`"`
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if f.zipped != nil && takesGzip(req.Header.Values("Accept-Encoding")) {
		body, etag = f.zipped, `"`+f.etag+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if sameTag(req.Header.Values("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.mime)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if req.Method != http.MethodHead {
		_, _ = w.Write(body) // a browser that is gone needs no answer
	}
}

// takesGzip reads Accept-Encoding (RFC 9110, 12.5.3).
func takesGzip(values []string) bool {
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		q, isQ := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		if !isQ {
			return true
		}
		value, err := strconv.ParseFloat(q, 64)
		return err == nil && value > 0
	}
	return false
}

// sameTag reads If-None-Match (RFC 9110, 13.1.2): the comparison there is the weak one.
func sameTag(values []string, etag string) bool {
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == etag {
			return true
		}
	}
	return false
}

func (r *Relay) servePage(w http.ResponseWriter, req *http.Request) {
	r.page["index.html"].serve(w, req)
}

func (r *Relay) servePart(w http.ResponseWriter, req *http.Request) {
	if f := r.page[req.PathValue("path")]; f != nil {
		f.serve(w, req)
		return
	}
	http.NotFound(w, req)
}
