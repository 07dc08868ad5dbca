package ui

// toggleWide lets a note fill the whole screen, without rail and list, and back. F11 and Escape lead back too.
func (u *UI) toggleWide() {
	if u.wide {
		u.leaveWide()
		return
	}
	s := u.shell()
	if s == nil || u.dialog != nil || !s.writing() {
		return
	}
	u.setWide(true)
}

// leaveWide is for whoever leaves the note, too.
func (u *UI) leaveWide() {
	if u.wide {
		u.setWide(false)
	}
}

func (u *UI) setWide(on bool) {
	u.wide = on
	u.win.SetFullScreen(on)
	s := u.shell()
	if s == nil {
		return
	}
	s.aside.Hidden = on
	switch sec := s.section.(type) {
	case *caseload:
		sec.aside.Hidden = on
	case *search:
		sec.aside.Hidden = on
	}
	s.root.Refresh()
}

// writing tells whether a note is open.
func (s *shell) writing() bool {
	switch sec := s.section.(type) {
	case *caseload:
		_, ok := sec.side.(*note)
		return ok
	case *search:
		return sec.side != nil
	}
	return false
}
