"""What the site builder uses beside the theme: blocks, hooks and a template."""
