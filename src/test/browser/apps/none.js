// A page without an application.
