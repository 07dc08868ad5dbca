// Package apptest stands in for the other rooms in tests, and holds them to the contract.
//
//	Vault, Memory   a store in memory, which can be told to fail
//	Line, Door,     a line whose other end the test plays: who knocks, what a call hears
//	Call, Media
//	Practice        a ready practice over these fakes, for screens
//	TestStores      the suite that every store must pass: this one and the sealed file alike
//
// Nothing here is compiled into the program: the house's import test keeps it so.
package apptest
