"""What platforms say, as types: parsed at the door, never past it as claims."""
