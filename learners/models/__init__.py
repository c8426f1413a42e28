from learners.models.editions import CountingEdition

__all__ = ["CountingEdition"]
